import { LineSplitter } from '@influxdata/influxdb-client'
import { WHOLE } from './flux-text.ts'
import { createInstants } from './read-instant.ts'

/** What the rows of a table have in common. */
export interface AnswerTable {
  /** Name of the pipeline. */
  readonly result: string
  cell(column: string): string | undefined
}

/** Takes the rows of one table: Unix ms, and the value as the server wrote it. */
export type TakeRow = (at: number, value: string) => void
/** Asked at the first row of each table; undefined: the table is not wanted. */
export type OpenTable = (table: AnswerTable) => TakeRow | undefined

export interface AnswerReader {
  /** @throws BadAnswer */
  line(line: string): void
  /** @throws BadAnswer when the answer is not there to its end */
  end(): void
}

/** The answer says that the server failed, or is no whole answer: a half one is never used (storage.md 6.6). */
export class BadAnswer extends Error {
  override name = 'BadAnswer'
}

/** Annotated CSV line by line; `count` is told of each row. */
export function readAnswer(open: OpenTable, count: () => void): AnswerReader {
  let defaults: readonly string[] = []
  let columns: Columns | undefined
  let table: string | undefined
  const instantOf = createInstants()
  let take: TakeRow | undefined
  let isWhole = false
  let last: string | undefined

  function openTable(line: string, { names, result }: Columns): void {
    const cells = splitLine(line)
    if (cells.length !== names.length) throw new BadAnswer('the answer of the metrics store is malformed')
    const found = { result: cells[result] || defaults[result] || '', cell: cellOf(cells, names, defaults) }
    if (found.result === WHOLE) isWhole = true
    take = found.result === WHOLE ? undefined : open(found)
  }

  /** What follows the value is the same in all rows of a table. */
  function row(line: string, columns: Columns): void {
    const cells = line.split(',', columns.needed)
    const place = cells[columns.place] ?? ''
    if (place !== table) {
      table = place
      openTable(line, columns)
    }
    if (!take) return
    count()
    take(instantOf(cells[columns.time] ?? ''), cells[columns.value] ?? '')
  }

  return {
    line(line) {
      last = line
      if (line === '') columns = undefined
      else if (line.startsWith('#')) {
        if (line.startsWith('#default')) defaults = splitLine(line)
      } else if (columns) row(line, columns)
      else {
        columns = toColumns(splitLine(line))
        table = undefined
      }
    },
    end() {
      if (last !== '' || !isWhole) throw new BadAnswer('the answer of the metrics store is not whole')
    },
  }
}

interface Columns {
  readonly names: readonly string[]
  readonly time: number
  readonly value: number
  readonly result: number
  /** Of the table's number. */
  readonly place: number
  /** Cells up to the last of these. */
  readonly needed: number
}

function toColumns(names: readonly string[]): Columns {
  if (names.includes('error') && names.includes('reference'))
    throw new BadAnswer('the metrics store failed while it answered')
  const at = (name: string) => names.indexOf(name)
  const found = { time: at('_time'), value: at('_value'), result: at('result'), place: at('table') }
  return { names, ...found, needed: Math.max(...Object.values(found)) + 1 }
}

const cellOf =
  (cells: readonly string[], names: readonly string[], defaults: readonly string[]) =>
  (column: string): string | undefined => {
    const place = names.indexOf(column)
    return place < 0 ? undefined : cells[place] || defaults[place]
  }

/** Our own values hold no comma, quote or line feed; a text of the server may. */
const splitLine = (line: string): readonly string[] =>
  line.includes('"') ? new LineSplitter().splitLine(line) : line.split(',')

import { foldTicks, placeInSlots } from '@etcdmonitor/core/metrics/slots/fold-ticks'
import { addColumns, columnCount, openSlots, toColumns } from '@etcdmonitor/core/metrics/slots/merge-slots'
import type { MemberTicks, SeriesSlots, SeriesTicks } from '@etcdmonitor/core/ports/metrics-store'
import { varintSize, writeVarint } from '../columns/column-bytes.ts'
import { encodeColumn } from '../columns/column-codec.ts'
import { joinGroup } from '../columns/column-group.ts'
import { sealBlob } from '../columns/metrics-blob.ts'
import { chunkId, DAY, dayOf, rollupId, WINDOW, windowId } from '../metrics-keys.ts'
import type { StoredMemberRow, StoredSeries } from '../metrics-series.ts'
import type { Breath } from '../reading/breath.ts'
import type { SampleTables } from '../reading/member-read.ts'
import { readTicks } from '../reading/read-ticks.ts'
import { type Cells, COARSE, cellsOf, FINE, type Tier } from './rollup-rows.ts'

/** What a window of a member becomes; written in one transaction. */
export interface SealedRows {
  readonly member: StoredMemberRow
  readonly window: number
  /** Rows of the head that went into it, and values in its chunks. */
  readonly ticks: number
  readonly samples: number
  readonly win: Row
  readonly chunk: readonly Row[]
  readonly r5: readonly Row[]
  readonly r30: readonly Row[]
  /** Ids of series with a sample in the window whose last day was an earlier one. */
  readonly newDay: readonly number[]
}

interface Row {
  readonly id: number
  readonly blob: Uint8Array
}

export interface SealAsk {
  readonly tables: SampleTables
  readonly member: StoredMemberRow
  readonly series: readonly StoredSeries[]
  readonly window: number
  readonly breathe: Breath
}

/** Reads, folds and encodes a window that cannot change any more (storage.md 5.6). Writes nothing. */
export async function prepareSeal({ tables, member, series, window, breathe }: SealAsk): Promise<SealedRows> {
  const from = window * WINDOW
  const to = from + WINDOW
  const day = dayOf(from)
  const read = tables.read(member, series, { from, to })
  const today = tables.day(FINE, day, series, false)
  const todayCoarse = tables.day(COARSE, day, series, false)
  const chunk: Row[] = []
  const r5: Row[] = []
  const r30: Row[] = []
  const newDay: number[] = []
  let samples = 0

  const encode = async (columns: readonly Float64Array[]) => {
    const parts: Uint8Array[] = []
    for (const column of columns) {
      await breathe()
      parts.push(encodeColumn(column))
    }
    return parts
  }
  const encodeTier = async (tier: Tier, one: StoredSeries, cells: Cells, rows: Row[]) => {
    const id = rollupId(day, one.id)
    rows.push({ id, blob: sealBlob(tier.table, id, joinGroup(await encode(cells))) })
  }

  const ticksOf = (wanted: readonly StoredSeries[]) =>
    readTicks({
      member: read.member,
      stretches: read.stretches(),
      from,
      to,
      series,
      wanted,
      withoutRules: wanted.every(({ kind }) => kind === 'gauge'),
      budget: () => {}, // as large as it is
      breathe,
    })
  const { times } = await ticksOf([])

  for (const group of Map.groupBy(series, ({ source }) => source).values()) {
    const ticks = await ticksOf(group)
    await breathe()
    const folded = foldTicks(ticks, placeInSlots(ticks, from, FINE.cell, WINDOW / FINE.cell))
    for (const [i, one] of group.entries()) {
      const columns = samplesOf(ticks, ticks.series[i])
      const count = countSamples(columns)
      if (count > 0) {
        const id = chunkId(window, one.id)
        const [single = new Uint8Array(0), ...more] = await encode(columns)
        const body = one.kind === 'histogram' ? joinGroup([single, ...more]) : single
        chunk.push({ id, blob: sealBlob('chunk', id, body) })
        samples += count * columns.length
        if (one.lastDay < day) newDay.push(one.id)
      }
      const fine = cellsOfSlots(folded[i])
      if (!fine) continue
      await encodeTier(FINE, one, putCells(FINE, one, today.cells(one), fine, from), r5)
      const coarse = putCells(COARSE, one, todayCoarse.cells(one), coarsen(one, fine), from)
      await encodeTier(COARSE, one, coarse, r30)
    }
  }
  const id = windowId(window, member.id)
  return {
    member,
    window,
    ticks: times.length,
    samples,
    win: { id, blob: sealBlob('win', id, encodeTimes(times, from)) },
    chunk,
    r5,
    r30,
    newDay,
  }
}

/** Without the seam. */
function samplesOf({ first }: MemberTicks, ticks: SeriesTicks | undefined): readonly Float64Array[] {
  if (!ticks) return []
  const columns = ticks.kind === 'histogram' ? [...ticks.buckets, ticks.sum] : [ticks.values]
  return columns.map((column) => column.subarray(first))
}

function countSamples([column = new Float64Array(0)]: readonly Float64Array[]): number {
  let count = 0
  for (const value of column) if (!Number.isNaN(value)) count++
  return count
}

/** As rollups hold it: NaN where there is nothing, in counts and seconds too. Undefined: there is nothing at all. */
function cellsOfSlots(slots: SeriesSlots | undefined): Cells | undefined {
  if (!slots) return undefined
  const [first = new Float64Array(0), ...rest] = toColumns(slots)
  const cells = [first.map((value) => value || Number.NaN), ...rest]
  return cells.every((column) => column.every(Number.isNaN)) ? undefined : cells
}

/** From the fine cells in order, so that both tiers answer to the bit. */
function coarsen(one: StoredSeries, fine: Cells): Cells {
  const ratio = COARSE.cell / FINE.cell
  const slots = openSlots(one, WINDOW / COARSE.cell, () => true)
  addColumns(
    slots,
    fine,
    Int32Array.from({ length: WINDOW / FINE.cell }, (_, i) => Math.floor(i / ratio)),
  )
  const [first = new Float64Array(0), ...rest] = toColumns(slots)
  return [first.map((value) => value || Number.NaN), ...rest]
}

/** The day's cells with those of the window that begins at `from` in their place. */
function putCells(tier: Tier, one: StoredSeries, day: Cells | undefined, cells: Cells, from: number): Cells {
  const place = (from % DAY) / tier.cell
  return Array.from({ length: columnCount(one) }, (_, k) => {
    const column = day?.[k]?.slice() ?? new Float64Array(cellsOf(tier)).fill(Number.NaN)
    column.set(cells[k] ?? [], place)
    return column
  })
}

/** Varint n, then the column of instants from the beginning of the window on. */
function encodeTimes(times: Float64Array, from: number): Uint8Array {
  const column = encodeColumn(times.map((at) => at - from))
  const body = new Uint8Array(varintSize(times.length) + column.length)
  body.set(column, writeVarint(body, 0, times.length))
  return body
}

import type { WindowStats } from '@etcdmonitor/core/metrics/slots/window-stats'
import type { Extra, WindowValues } from '@etcdmonitor/core/metrics/slots/window-values'
import { unknownNames } from './metric-names.ts'
import type { RangeRequest } from './range-request.ts'

/** What was computed of one member and metric; NaN = null. */
export interface Evaluated extends WindowValues {
  readonly name: string
  /** Of a rank: the method that has it. */
  readonly labels?: { readonly method: string }
}

/** By member id, in the order of the request; metrics in its order. */
export type EvaluatedMembers = ReadonlyMap<string, readonly Evaluated[]>

type Pieces = Iterable<string>
/** Undefined: the entry has nothing of this kind. */
type WriteEntry = (entry: Evaluated) => Pieces | undefined

/**
 * The answer (`RangeAnswer`) in pieces of JSON, each of a few ms of work: written as one text, 150,000 values would keep everybody else
 * waiting for a tenth of a second.
 */
export function writeRange(request: RangeRequest, members: EvaluatedMembers): Pieces {
  const { window, parts, memberId, format, include, metrics, unsure } = request
  const { from, to, step, slots } = window
  const times = new Array<number>(slots) // as columns
  for (let i = 0; i < slots; i++) times[i] = (from + i * step) / 1_000
  const answered = new Set([...members.values()].flatMap((of) => of.map(({ name }) => name)))
  const byMember = (write: WriteEntry): Pieces => {
    const each = [...members].map(([id, of]) => [id, writeEntries(of, write)] as const)
    return memberId === 'all' ? writeObject(each) : (each[0]?.[1] ?? [])
  }
  return writeObject([
    ['start', [json(from / 1_000)]],
    ['end', [json(to / 1_000)]],
    ['step', [json(step / 1_000)]],
    ['resolution', [json(parts.length / 1_000)]],
    ['member_id', [json(memberId)]],
    ...(format === 'points'
      ? ([['metrics', byMember((entry) => writePoints(entry, times))]] as const)
      : ([
          ['times', [json(times)]],
          ['series', byMember(({ values }) => writeColumn(values))],
        ] as const)),
    ...(metrics.some(({ params }) => params.rank !== undefined)
      ? ([['labels', byMember(({ labels }) => labels && [json(labels)])]] as const)
      : []),
    ...include.map((extra) => [extra, byMember(EXTRA[extra])] as const),
    ['unknown_metrics', [json(unknownNames(unsure, (name) => answered.has(name)))]],
  ])
}

const EXTRA = {
  band: ({ band }) =>
    band &&
    writeObject([
      ['min', writeColumn(band.min)],
      ['max', writeColumn(band.max)],
    ]),
  counts: ({ counts }) => counts && writeColumn(counts),
  stats: ({ stats }) => stats && [json(toStats(stats))],
} as const satisfies Record<Extra, WriteEntry>

const json = (value: unknown): string => JSON.stringify(value)

function* writeObject(members: readonly (readonly [name: string, value: Pieces])[]): Generator<string> {
  let before = '{'
  for (const [name, value] of members) {
    yield `${before}${json(name)}:`
    yield* value
    before = ','
  }
  yield before === '{' ? '{}' : '}'
}

const writeEntries = (of: readonly Evaluated[], write: WriteEntry): Pieces =>
  writeObject(
    of.flatMap((entry) => {
      const value = write(entry)
      return value ? [[entry.name, value] as const] : []
    }),
  )

function* writeColumn(values: Float64Array): Generator<string> {
  const column = new Array<number>(values.length) // `Array.from` takes as long as writing it
  for (let i = 0; i < column.length; i++) column[i] = values[i] ?? Number.NaN
  yield json(column) // which writes null for what is not finite
}

/** Slots without a value are left out, and so is a name without any. */
function writePoints({ values }: Evaluated, times: readonly number[]): Pieces | undefined {
  return values.some(Number.isFinite) ? writeEach(values, times) : undefined
}

function* writeEach(values: Float64Array, times: readonly number[]): Generator<string> {
  yield json(
    times.flatMap((ts, i) => {
      const value = orNull(values[i])
      return value === null ? [] : [{ ts, value }]
    }),
  )
}

const toStats = ({ min, max, avg, last, lastTime }: WindowStats) => ({
  min: orNull(min),
  max: orNull(max),
  avg: orNull(avg),
  last: orNull(last),
  last_time: Number.isNaN(lastTime) ? null : lastTime / 1_000,
})

const orNull = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null

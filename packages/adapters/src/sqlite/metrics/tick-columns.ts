import { AppError } from '@etcdmonitor/core/errors'
import type { SourceId } from '@etcdmonitor/core/metrics/sources'
import {
  type MemberRef,
  type MemberTicks,
  READ_LIMITS,
  type SeriesTicks,
} from '@etcdmonitor/core/ports/metrics-store'
import type { HeadRow } from './head-rows.ts'
import { placesOf, type StoredSeries } from './metrics-series.ts'

/** Sources that the delta rules of metrics.md 3.3 need beside what is asked for. */
export const RULE_SOURCES: readonly SourceId[] = [
  'scrape_interval_seconds',
  'scrape_clock_error_seconds',
  'raft_index',
  'proposals_committed',
]

/** What one call may still decode. */
export interface ReadBudget {
  samples: number
}

export const newBudget = (): ReadBudget => ({ samples: READ_LIMITS.samples })

/** The wanted places of a row, side by side. @throws AppError `too_many_points` */
export interface PickedRow {
  readonly at: number
  readonly values: Float64Array
}

export interface Picker {
  readonly series: readonly StoredSeries[]
  pick(row: HeadRow): PickedRow
}

export function createPicker(series: readonly StoredSeries[], budget: ReadBudget): Picker {
  const places = Int32Array.from(
    series.flatMap((one) => Array.from({ length: placesOf(one) }, (_, i) => one.place + i)),
  )
  return {
    series,
    pick({ at, values }) {
      budget.samples -= places.length
      if (budget.samples < 0)
        throw new AppError('too_many_points', `more than ${READ_LIMITS.samples} samples lie in the window`)
      const picked = new Float64Array(places.length)
      for (let i = 0; i < places.length; i++) picked[i] = values[places[i] ?? 0] ?? Number.NaN
      return { at, values: picked }
    },
  }
}

/** `rows` ascend. `first`: the first row that is no seam. Only the wanted series are in the answer. */
export function toMemberTicks(
  member: MemberRef,
  { series }: Picker,
  rows: readonly PickedRow[],
  first: number,
  wanted: readonly StoredSeries[],
): MemberTicks {
  // Loops here and in `pick`: `Float64Array.from` with a function took most of the time of a long window.
  const column = (offset: number) => {
    const values = new Float64Array(rows.length)
    for (let i = 0; i < rows.length; i++) values[i] = rows[i]?.values[offset] ?? Number.NaN
    return values
  }
  const offsets = offsetsOf(series)
  const rule = (source: SourceId) => {
    const at = series.findIndex((one) => one.source === source)
    return at < 0 ? new Float64Array(rows.length).fill(Number.NaN) : column(offsets[at] ?? 0)
  }
  const committed = rule('proposals_committed')
  return {
    member,
    times: Float64Array.from(rows, ({ at }) => at),
    first,
    intervalSeconds: rule('scrape_interval_seconds'),
    clockError: rule('scrape_clock_error_seconds'),
    raftPosition: rule('raft_index').map((index, i) => {
      const position = committed[i] ?? Number.NaN
      return Number.isNaN(index) && position > 0 ? position : index
    }),
    series: series.flatMap((one, i): SeriesTicks[] => {
      if (!wanted.includes(one)) return []
      const { source, labels, bounds, kind } = one
      const offset = offsets[i] ?? 0
      if (kind !== 'histogram') return [{ kind, source, labels, values: column(offset) }]
      const buckets = Array.from({ length: bounds.length + 1 }, (_, k) => column(offset + k))
      return [{ kind, source, labels, bounds, buckets, sum: column(offset + bounds.length + 1) }]
    }),
  }
}

/** Where each series begins among the picked values. */
export function offsetsOf(series: readonly StoredSeries[]): readonly number[] {
  let next = 0
  return series.map((one) => {
    const offset = next
    next += placesOf(one)
    return offset
  })
}

import type { SeriesSlots } from '../../ports/metrics-store.ts'

/** How far a start time moves without a restart, and how far before the earlier tick that of a restart may lie, s (metrics.md 2.7). */
const SAME_START = 1
const START_SLACK = 2

/**
 * Restarts of the process per part, 0 or 1: between it and the nearest part before it that knows a start time; NaN where one of both is
 * missing (metrics.md 3.9). A step of the member's clock moves the start time too, hence the CPU seconds. `times` in Unix ms; of a part that
 * is no tick its beginning stands for the earlier tick.
 */
export function countRestarts(
  { times, length }: { readonly times: Float64Array; readonly length: number },
  series: readonly SeriesSlots[],
): Float64Array {
  const start = lastOf(series, 'start_time')
  const cpu = lastOf(series, 'cpu_seconds')
  let known = -1
  return times.map((time, i) => {
    const started = start(i)
    if (Number.isNaN(started)) return Number.NaN
    const before = known
    known = i
    if (before < 0) return Number.NaN
    const earlierAt = (length > 0 ? time : (times[before] ?? 0)) / 1_000
    const isOther = Math.abs(started - start(before)) > SAME_START
    const hasMoreCpu = cpu(i) >= cpu(before) // false where one is missing
    return Number(isOther && (!hasMoreCpu || started > earlierAt - START_SLACK))
  })
}

function lastOf(series: readonly SeriesSlots[], source: SeriesSlots['source']): (i: number) => number {
  const one = series.find((own) => own.source === source)
  return (i) => (one && one.kind !== 'histogram' ? one.last[i] : undefined) ?? Number.NaN
}

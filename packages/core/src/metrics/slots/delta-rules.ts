import type { MemberTicks } from '../../ports/metrics-store.ts'

/** A longer silence than this, s, or 3 intervals, tells nothing about the time in between. */
const LONGEST_DELTA = 3_600

/** Seconds under the delta between two samples at the ticks `i0` < `i1`; undefined when it is not counted (metrics.md 3.3). */
export type CoveredSeconds = (i0: number, i1: number) => number | undefined

/** The time that really passed: the distance of the ticks and every clock error after the first of them. */
export function coveredSeconds({ times, clockError, intervalSeconds }: MemberTicks): CoveredSeconds {
  return (i0, i1) => {
    const distance = ((times[i1] ?? 0) - (times[i0] ?? 0)) / 1_000
    let error = 0
    for (let i = i0 + 1; i <= i1; i++) error += clockError[i] || 0 // NaN: absent
    const limit = Math.max(LONGEST_DELTA, 3 * (intervalSeconds[i1] || 0))
    return distance > limit || distance + error > limit ? undefined : distance + error
  }
}

/** True when other data lies under the same ids at `i1` than at `i0`: the raft position fell (etcd.md 6.5). */
export function positionFell({ raftPosition }: MemberTicks, i0: number, i1: number): boolean {
  return (raftPosition[i1] ?? Number.NaN) < (raftPosition[i0] ?? Number.NaN) // false beside NaN
}

/** Increase from `v0` to `v1` of a counter; undefined: not counted (metrics.md 3.3). */
export function increaseOf(
  v0: number,
  v1: number,
  restart: 'continues' | 'recounts' | undefined,
): number | undefined {
  if (restart === 'continues') return v0 === 0 || v1 === 0 || v1 < v0 ? undefined : v1 - v0
  if (v1 >= v0) return v1 - v0
  return restart === 'recounts' ? Math.max(0, v1 - 1) : v1
}

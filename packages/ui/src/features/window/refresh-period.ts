import type { Refresh } from '../../url/monitor-url.ts'

const SLOWEST_AUTO = 300

/** Seconds between refreshes; undefined = never. `step` of what is drawn: nothing new comes more often than a slot. */
export function refreshPeriod(refresh: Refresh, interval: number, step: number): number | undefined {
  if (refresh === 'off') return undefined
  const wanted = refresh === 'auto' ? Math.min(step, SLOWEST_AUTO) : refresh
  return Math.max(interval, wanted)
}

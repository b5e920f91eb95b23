import type { MonitorWindow } from '../../url/monitor-url.ts'

const MIN_STEPS = 4
const MIN_SECONDS = 60

/**
 * The window that a drag from `from` to `to` (Unix ms) asks for: rounded outwards to `step` (ms), at least 4 steps and 60 s, widened
 * around its middle, not beyond `now`.
 */
export function zoomWindow(from: number, to: number, step: number, now: number): MonitorWindow {
  const stepSeconds = Math.max(1, Math.round(step / 1_000))
  const down = (seconds: number) => Math.floor(seconds / stepSeconds) * stepSeconds
  const up = (seconds: number) => Math.ceil(seconds / stepSeconds) * stepSeconds
  const wanted = Math.max(MIN_STEPS * stepSeconds, MIN_SECONDS)
  const short = Math.max(0, wanted - (to - from) / 1_000) / 2
  const newest = up(now / 1_000)
  const end = Math.min(up(to / 1_000 + short), newest)
  const start = Math.min(down(from / 1_000 - short), down(end - wanted))
  return { kind: 'fixed', start: Math.max(0, start), end }
}

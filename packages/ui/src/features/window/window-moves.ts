import { MAX_RANGE_SECONDS } from '@etcdmonitor/core/metrics/slots/parse-range'
import type { MonitorWindow } from '../../url/monitor-url.ts'

/** Unix seconds. */
interface Span {
  readonly start: number
  readonly end: number
}

const fixed = (start: number, length: number): MonitorWindow => ({
  kind: 'fixed',
  start: Math.max(0, Math.round(start)),
  end: Math.max(1, Math.round(start + length)),
})

/** Earlier (-1) or later (1) by half of the window, or by all of it; its end not beyond `now`. */
export function shiftWindow({ start, end }: Span, way: -1 | 1, isWhole: boolean, now: number): MonitorWindow {
  const length = end - start
  const moved = start + way * length * (isWhole ? 1 : 0.5)
  return fixed(Math.min(moved, now - length), length)
}

/** Twice as long around its middle, its end not beyond `now`, at most 90 days. */
export function widenWindow({ start, end }: Span, now: number): MonitorWindow {
  const length = Math.min(2 * (end - start), MAX_RANGE_SECONDS)
  return fixed(Math.min((start + end - length) / 2, now - length), length)
}

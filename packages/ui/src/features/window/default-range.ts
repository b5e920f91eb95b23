import { parseRange } from '@etcdmonitor/core/metrics/slots/parse-range'
import { PRESETS } from '../../url/monitor-url.ts'

const SMALLEST = '5m'
const LARGEST = '1h'

/**
 * The window of somebody who never chose one: the smallest preset that covers everything since `from` (Unix ms), at least 5
 * minutes, at most 1 hour. Undefined: there is no history.
 */
export function defaultRange(from: number | undefined, now: number): string {
  if (from === undefined) return SMALLEST
  const offered = PRESETS.slice(PRESETS.indexOf(SMALLEST), PRESETS.indexOf(LARGEST) + 1)
  return offered.find((preset) => (parseRange(preset) ?? 0) * 1_000 >= now - from) ?? LARGEST
}

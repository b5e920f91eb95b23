import { parseWallTime, wallInstants } from '@etcdmonitor/core/format/wall-instants'
import type { Zone } from '@etcdmonitor/core/format/zoned-time'
import { MAX_RANGE_SECONDS } from '@etcdmonitor/core/metrics/slots/parse-range'
import type { MonitorWindow } from '../../url/monitor-url.ts'

const HOUR = 3_600_000

export interface TypedEnd {
  readonly text: string
  /** Of an hour that the clocks show twice: the second one. */
  readonly isSecond: boolean
}

export type TypedFault = 'missing' | 'order' | 'long' | 'future' | 'skipped'

export interface TypedWindow {
  readonly window: MonitorWindow | undefined
  readonly fault: { readonly field: 'from' | 'to'; readonly kind: TypedFault } | undefined
  /** Both instants of an end that the clocks show twice, Unix ms. */
  readonly twice: { readonly from: readonly number[]; readonly to: readonly number[] }
}

/** What was typed into the two fields, read in `zone`; `now` in Unix ms. */
export function judgeTypedWindow(from: TypedEnd, to: TypedEnd, zone: Zone, now: number): TypedWindow {
  const [first, last] = [readEnd(from, zone), readEnd(to, zone)]
  const twice = { from: first.twice, to: last.twice }
  const refuse = (field: 'from' | 'to', kind: TypedFault): TypedWindow => ({
    window: undefined,
    fault: { field, kind },
    twice,
  })
  if (first.at === undefined) return refuse('from', first.fault)
  if (last.at === undefined) return refuse('to', last.fault)
  if (last.at <= first.at) return refuse('to', 'order')
  if (last.at - first.at > MAX_RANGE_SECONDS * 1_000) return refuse('from', 'long')
  if (first.at > now) return refuse('from', 'future')
  if (last.at > now + HOUR) return refuse('to', 'future')
  return { window: { kind: 'fixed', start: first.at / 1_000, end: last.at / 1_000 }, fault: undefined, twice }
}

function readEnd({ text, isSecond }: TypedEnd, zone: Zone) {
  const wall = parseWallTime(text)
  if (!wall) return { at: undefined, fault: 'missing' as const, twice: [] }
  const found = wallInstants(wall, zone)
  const at = isSecond ? found.at(-1) : found[0]
  return { at, fault: 'skipped' as const, twice: found.length > 1 ? found : [] }
}

import type { BandAnswer, Column, RangeAnswer, StatsAnswer } from '../../api/answers.ts'
import { isRecord } from '../../api/problem.ts'
import { type MonitorWindow, windowSeconds } from '../../url/monitor-url.ts'

export interface MemberColumns {
  readonly series: ReadonlyMap<string, Column>
  readonly stats: ReadonlyMap<string, StatsAnswer>
  /** Empty unless asked for. */
  readonly bands: ReadonlyMap<string, BandAnswer>
}

/** One answer of `/api/range` for some metrics of some members. Instants are Unix ms. */
export interface WindowData {
  /** The window as asked for; a live one ends at the server's now. */
  readonly from: number
  readonly to: number
  readonly step: number
  /** Length of the parts that extremes of computed values are taken over: a scrape's interval, longer in long windows. */
  readonly part: number
  readonly times: readonly number[]
  readonly members: ReadonlyMap<string, MemberColumns>
  /** Names that the API does not know. */
  readonly unknown: ReadonlySet<string>
  /** When it arrived, by the server's clock. */
  readonly at: number
}

/** `now` by the server's clock: where a live window ends, though not outside of the answer's last slot. */
export function toWindowData(answer: RangeAnswer, window: MonitorWindow, now: number): WindowData {
  const step = answer.step * 1_000
  const end = answer.end * 1_000
  return {
    ...spanOf(window, Math.min(end, Math.max(now, end - step))),
    step,
    part: answer.resolution * 1_000,
    times: answer.times.map((seconds) => seconds * 1_000),
    members: new Map(toMembers(answer)),
    unknown: new Set(answer.unknown_metrics),
    at: now,
  }
}

/** Beginning and end of a window, one that is live ending at `now`. */
export function spanOf(window: MonitorWindow, now: number): { readonly from: number; readonly to: number } {
  if (window.kind === 'fixed') return { from: window.start * 1_000, to: window.end * 1_000 }
  return { from: now - windowSeconds(window) * 1_000, to: now }
}

function toMembers({ member_id, series, stats, ...others }: RangeAnswer): [string, MemberColumns][] {
  const band = (others as { readonly band?: unknown }).band // absent unless asked for
  if (member_id !== 'all') return [[member_id, toColumns(series, stats, band)]]
  const bandOf = (id: string) => (isRecord(band) ? band[id] : undefined)
  return Object.entries(series).map(([id, columns]) => [id, toColumns(columns, stats?.[id], bandOf(id))])
}

function toColumns(series: unknown, stats: unknown, band: unknown): MemberColumns {
  return {
    series: new Map(entries(series, Array.isArray)),
    stats: new Map(entries(stats, isRecord)),
    bands: new Map(entries(band, isBand)),
  }
}

const isBand = (value: unknown): boolean =>
  isRecord(value) && Array.isArray(value.min) && Array.isArray(value.max)

/** The entries of an object whose values pass `check`; of anything else none. */
function entries<T>(value: unknown, check: (entry: unknown) => boolean): [string, T][] {
  if (!isRecord(value)) return []
  return Object.entries(value).filter(([, entry]) => check(entry)) as [string, T][] // the API declares what is in them
}

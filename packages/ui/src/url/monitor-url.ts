import { MAX_RANGE_SECONDS, parseRange } from '@etcdmonitor/core/metrics/slots/parse-range'

/** Windows that end now, as offered (api.md 5.3). */
export const PRESETS = ['1m', '5m', '10m', '30m', '1h', '3h', '6h', '12h', '24h', '7d', '30d', '90d'] as const
/** Seconds between refreshes, as offered. */
export const REFRESH_SECONDS = [5, 10, 30, 60, 180, 300] as const
export const ALL_MEMBERS = 'all'

const DEFAULT_RANGE = '1h'
const MAX_PICKS = 50
const MEMBER = /^[1-9][0-9]{0,19}$/
const SECONDS = /^(0|[1-9][0-9]{0,10})$/
const PANEL = /^[A-Za-z0-9]{1,64}$/
const PICK = /^([A-Za-z0-9]{1,64}):([a-z][a-z0-9_]{1,100})$/

/** `last` ends now; `fixed` has Unix seconds, `start < end`. */
export type MonitorWindow =
  | { readonly kind: 'last'; readonly range: string }
  | { readonly kind: 'fixed'; readonly start: number; readonly end: number }
export type Refresh = 'auto' | 'off' | (typeof REFRESH_SECONDS)[number]

/** What `/monitor` shows: the state that its URL holds (ui.md 2.2). */
export interface MonitorView {
  /** `all`, or a decimal member id. */
  readonly member: string
  readonly window: MonitorWindow
  /** Seconds; absent = the server's choice. */
  readonly step?: number
  readonly refresh: Refresh
  /** Id of the panel that fills the page. */
  readonly panel?: string
  /** Panel id → metric that is drawn of it with all members. */
  readonly picks: ReadonlyMap<string, string>
}

export interface ParsedView {
  readonly view: MonitorView
  /** The URL says nothing: the page takes what this browser used last. */
  readonly isBare: boolean
  /** Values that could not be used, as `name=value`; the defaults stand in for them. */
  readonly rejected: readonly string[]
}

/** Never fails: what is unknown is dropped, what is wrong is replaced by the default and named. */
export function parseMonitorUrl(search: string): ParsedView {
  const params = new URLSearchParams(search)
  const rejected: string[] = []
  const take = <T>(name: string, parse: (text: string) => T | undefined): T | undefined => {
    const text = params.get(name)
    if (text === null) return undefined
    const value = parse(text)
    if (value === undefined) rejected.push(`${name}=${text.slice(0, 64)}`)
    return value
  }
  const step = take('step', (text) => within(parseSeconds(text), 1, 86_400))
  const view: MonitorView = {
    member: take('member', parseMember) ?? ALL_MEMBERS,
    window: parseFixed(take) ?? { kind: 'last', range: take('range', checkRange) ?? DEFAULT_RANGE },
    ...(step !== undefined && { step }),
    refresh: take('refresh', parseRefresh) ?? 'auto',
    ...optionalPanel(take('panel', parsePanel)),
    picks: new Map(params.getAll('pick').slice(0, MAX_PICKS).flatMap(parsePick)),
  }
  const isBare = !['member', 'range', 'start', 'end', 'refresh'].some((name) => params.has(name))
  return { view, isBare, rejected }
}

/** In fixed order and without defaults: equal views have equal URLs. `''` or `?…`. */
export function printMonitorUrl({
  member,
  window,
  step,
  refresh,
  picks,
  panel: maximised,
}: MonitorView): string {
  const params = new URLSearchParams()
  if (member !== ALL_MEMBERS) params.set('member', member)
  if (window.kind === 'fixed') {
    params.set('start', String(window.start))
    params.set('end', String(window.end))
  } else if (window.range !== DEFAULT_RANGE) params.set('range', window.range)
  if (step !== undefined) params.set('step', String(step))
  if (refresh !== 'auto') params.set('refresh', String(refresh))
  if (maximised !== undefined) params.set('panel', maximised)
  for (const [panel, metric] of picks) params.append('pick', `${panel}:${metric}`)
  // a colon needs no escape in a query, and links are read by people
  return params.size === 0 ? '' : `?${params}`.replaceAll('%3A', ':')
}

/** Length of the window in seconds. */
export const windowSeconds = (window: MonitorWindow): number =>
  window.kind === 'fixed' ? window.end - window.start : (parseRange(window.range) ?? 0)

/** `range` when the API takes it. */
export function checkRange(text: string): string | undefined {
  return within(parseRange(text), 1, MAX_RANGE_SECONDS) === undefined ? undefined : text
}

export function parseRefresh(text: string): Refresh | undefined {
  if (text === 'auto' || text === 'off') return text
  return REFRESH_SECONDS.find((seconds) => String(seconds) === text)
}

export function parseMember(text: string): string | undefined {
  if (text === ALL_MEMBERS) return text
  return MEMBER.test(text) && BigInt(text) < 1n << 64n ? text : undefined
}

type Take = <T>(name: string, parse: (text: string) => T | undefined) => T | undefined

/** Both or neither; together they must make a window of at most 90 days. */
function parseFixed(take: Take): MonitorWindow | undefined {
  const end = take('end', parseSeconds)
  const start = take('start', (text) => {
    const seconds = parseSeconds(text)
    if (seconds === undefined || end === undefined) return undefined
    return within(end - seconds, 1, MAX_RANGE_SECONDS) === undefined ? undefined : seconds
  })
  return start === undefined || end === undefined ? undefined : { kind: 'fixed', start, end }
}

const parsePanel = (text: string): string | undefined => (PANEL.test(text) ? text : undefined)
const optionalPanel = (panel: string | undefined) => (panel === undefined ? {} : { panel })

const parseSeconds = (text: string): number | undefined => (SECONDS.test(text) ? Number(text) : undefined)

function parsePick(text: string): [string, string][] {
  const [, panel, metric] = PICK.exec(text) ?? []
  return panel && metric ? [[panel, metric]] : []
}

const within = (value: number | undefined, min: number, max: number): number | undefined =>
  value !== undefined && value >= min && value <= max ? value : undefined

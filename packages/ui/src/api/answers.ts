import type { AppType } from '@etcdmonitor/api/app'
import type { hc, InferResponseType } from 'hono/client'
import type { Shape } from './check-answer.ts'

/** Types alone: the client itself is not in the browser. */
type Api = ReturnType<typeof hc<AppType>>['api']

export type AuthStatus = InferResponseType<Api['auth']['status']['$get'], 200>
export type LoginAnswer = InferResponseType<Api['auth']['login']['$post'], 200>
export type MessageAnswer = InferResponseType<Api['auth']['logout']['$post'], 200>

export type StatusAnswer = InferResponseType<Api['status']['$get'], 200>
export type MemberAnswer = StatusAnswer['members'][number]
export type Reason = StatusAnswer['health']['reasons'][number]
export type EndpointAnswer = StatusAnswer['endpoints'][number]

export type DebugAnswer = InferResponseType<Api['debug']['$get'], 200>

/** What the account sees; `cards` absent: the default ones. */
export type LayoutAnswer = InferResponseType<Api['user']['panel-config']['$get'], 200>

/** `total` and `page` are absent with `cursor`. */
export type AuditAnswer = InferResponseType<Api['ops']['audit-logs']['$get'], 200>
/** One thing that was done, or tried. */
export type AuditEntryAnswer = AuditAnswer['entries'][number]

/** One operation, while it runs and afterwards. */
export type RunAnswer = InferResponseType<Api['ops']['runs'][':id']['$get'], 200>
export type RunStepAnswer = RunAnswer['steps'][number]
export type RunsAnswer = InferResponseType<Api['ops']['runs']['$get'], 200>
type CompactAnswer = InferResponseType<Api['ops']['compact']['$post'], 200>
/** What an operation would do, and what speaks against it. */
export type PlanAnswer = Extract<CompactAnswer, { dry_run: true }>
export type CheckAnswer = PlanAnswer['blockers'][number]
export type PlanStepAnswer = PlanAnswer['steps'][number]
/** An operation has begun, or ended already. */
export interface StartedAnswer {
  readonly run_id: string
}
/** Good once, for a download by the browser itself. */
export type TicketAnswer = InferResponseType<Api['ops']['snapshot']['ticket']['$post'], 200>
export type AlarmsAnswer = InferResponseType<Api['ops']['alarms']['$get'], 200>
export type AlarmAnswer = AlarmsAnswer['alarms'][number]
export type RescueAnswer = InferResponseType<Api['ops']['rescue']['$get'], 200>
export type CompactRevisionAnswer = InferResponseType<Api['ops']['compact']['revision']['$get'], 200>

/** `member_id=all`. */
export type CurrentAnswer = Extract<InferResponseType<Api['current']['$get'], 200>, { members: unknown }>

/** `format=columns`; with `member_id=all` series and stats are keyed by member first. */
export type RangeAnswer = Extract<InferResponseType<Api['range']['$get'], 200>, { times: unknown }>
export type Column = readonly (number | null)[]
export interface StatsAnswer {
  readonly min: number | null
  readonly max: number | null
  readonly avg: number | null
  readonly last: number | null
  readonly last_time: number | null
}

/** `include=band`: extremes of each slot. */
export interface BandAnswer {
  readonly min: Column
  readonly max: Column
}

export type KeySeparator = InferResponseType<Api['kv']['v3']['separator']['$get'], 200>
export type KeyConnection = InferResponseType<Api['kv']['v3']['connect']['$get'], 200>
export type KeySearchAnswer = InferResponseType<Api['kv']['v3']['search']['$get'], 200>
export type ChildrenAnswer = InferResponseType<Api['kv']['v3']['children']['$get'], 200>
export type KeyAnswer = InferResponseType<Api['kv']['v3']['get']['$get'], 200>
/** A key, a directory, or both. */
export type KeyNodeAnswer = KeyAnswer['node']
export type PutAnswer = InferResponseType<Api['kv']['v3']['put']['$put'], 200>
type DeleteAnswer = InferResponseType<Api['kv']['v3']['delete']['$post'], 200>
export type RemovedAnswer = Extract<DeleteAnswer, { deleted: number }>
export type DryRunAnswer = Extract<DeleteAnswer, { dry_run: true }>

export type V2Connection = InferResponseType<Api['kv']['v2']['connect']['$get'], 200>
export type V2TreeAnswer = InferResponseType<Api['kv']['v2']['getpath']['$get'], 200>
export type V2KeyAnswer = InferResponseType<Api['kv']['v2']['get']['$get'], 200>
/** A key or a directory of the v2 store. */
export type V2NodeAnswer = V2KeyAnswer['node']
export type V2PutAnswer = InferResponseType<Api['kv']['v2']['put']['$put'], 200>

/** What the pages cannot do without of each answer. */
export const SHAPES: {
  readonly authStatus: Shape<AuthStatus>
  readonly login: Shape<LoginAnswer>
  readonly message: Shape<MessageAnswer>
  readonly status: Shape<StatusAnswer>
  readonly debug: Shape<DebugAnswer>
  readonly current: Shape<CurrentAnswer>
  readonly range: Shape<RangeAnswer>
  readonly layout: Shape<LayoutAnswer>
  readonly audit: Shape<AuditAnswer>
  readonly run: Shape<RunAnswer>
  readonly runs: Shape<RunsAnswer>
  readonly plan: Shape<PlanAnswer>
  readonly started: Shape<StartedAnswer>
  readonly compactRevision: Shape<CompactRevisionAnswer>
  readonly ticket: Shape<TicketAnswer>
  readonly alarms: Shape<AlarmsAnswer>
  readonly rescue: Shape<RescueAnswer>
  readonly separator: Shape<KeySeparator>
  readonly keyConnection: Shape<KeyConnection>
  readonly keySearch: Shape<KeySearchAnswer>
  readonly children: Shape<ChildrenAnswer>
  readonly key: Shape<KeyAnswer>
  readonly put: Shape<PutAnswer>
  readonly v2Connection: Shape<V2Connection>
  readonly v2Tree: Shape<V2TreeAnswer>
  readonly v2Key: Shape<V2KeyAnswer>
  readonly v2Put: Shape<V2PutAnswer>
  readonly removed: Shape<RemovedAnswer>
  readonly counted: Shape<Pick<DryRunAnswer, 'count' | 'sample'>>
} = {
  authStatus: { authenticated: 'boolean', initial_setup_pending: 'boolean', password_policy: 'object' },
  login: { username: 'string', must_change_password: 'boolean', authenticated: 'boolean' },
  message: { message: 'string' },
  status: {
    collect_interval: 'number',
    history: 'object',
    members: 'array',
    timestamp: 'number',
    age_seconds: 'number?',
    health: 'object',
    endpoints: 'array',
    collector: 'object',
    storage: 'object',
  },
  debug: { app: 'object', stores: 'object' },
  current: { timestamp: 'number', members: 'object' },
  range: {
    start: 'number',
    end: 'number',
    step: 'number',
    resolution: 'number',
    times: 'array',
    series: 'object',
    stats: 'object',
  },
  layout: { panels: 'array' },
  audit: { entries: 'array', page_size: 'number', next_cursor: 'string?' },
  run: { id: 'string', operation: 'string', state: 'string', steps: 'array', started_at: 'number' },
  runs: { runs: 'array', cursor: 'string?' },
  plan: { allowed: 'boolean', blockers: 'array', warnings: 'array', steps: 'array', plan_token: 'string' },
  started: { run_id: 'string' },
  compactRevision: { revision: 'number' },
  ticket: { ticket: 'string' },
  alarms: { alarms: 'array' },
  rescue: { steps: 'array', members: 'array', prefixes: 'array', complete: 'boolean' },
  separator: { separator: 'string' },
  keyConnection: { revision: 'number' },
  keySearch: {
    items: 'array',
    revision: 'number',
    scanned: 'number',
    in_scope: 'number',
    complete: 'boolean',
    cursor: 'string?',
  },
  children: { node: 'object', revision: 'number', member_id: 'string', cursor: 'string?' },
  key: { node: 'object', revision: 'number', data_since: 'number' },
  put: { node: 'object', revision: 'number', created: 'boolean', data_since: 'number' },
  v2Connection: { version: 'string' },
  v2Tree: { node: 'object' },
  v2Key: { node: 'object' },
  v2Put: { node: 'object', created: 'boolean' },
  removed: { deleted: 'number' },
  counted: { count: 'number', sample: 'array' },
}

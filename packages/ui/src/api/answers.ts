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

/** What the account sees; `cards` absent: the default ones. */
export type LayoutAnswer = InferResponseType<Api['user']['panel-config']['$get'], 200>

/** `total` and `page` are absent with `cursor`. */
export type AuditAnswer = InferResponseType<Api['ops']['audit-logs']['$get'], 200>
/** One thing that was done, or tried. */
export type AuditEntryAnswer = AuditAnswer['entries'][number]

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
export type ChildrenAnswer = InferResponseType<Api['kv']['v3']['children']['$get'], 200>
export type KeyAnswer = InferResponseType<Api['kv']['v3']['get']['$get'], 200>
/** A key, a directory, or both. */
export type KeyNodeAnswer = KeyAnswer['node']
export type PutAnswer = InferResponseType<Api['kv']['v3']['put']['$put'], 200>
type DeleteAnswer = InferResponseType<Api['kv']['v3']['delete']['$post'], 200>
export type RemovedAnswer = Extract<DeleteAnswer, { deleted: number }>
export type DryRunAnswer = Extract<DeleteAnswer, { dry_run: true }>

/** What the pages cannot do without of each answer. */
export const SHAPES: {
  readonly authStatus: Shape<AuthStatus>
  readonly login: Shape<LoginAnswer>
  readonly message: Shape<MessageAnswer>
  readonly status: Shape<StatusAnswer>
  readonly current: Shape<CurrentAnswer>
  readonly range: Shape<RangeAnswer>
  readonly layout: Shape<LayoutAnswer>
  readonly audit: Shape<AuditAnswer>
  readonly separator: Shape<KeySeparator>
  readonly children: Shape<ChildrenAnswer>
  readonly key: Shape<KeyAnswer>
  readonly put: Shape<PutAnswer>
  readonly removed: Shape<RemovedAnswer>
  readonly dryRun: Shape<DryRunAnswer>
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
  separator: { separator: 'string' },
  children: { node: 'object', revision: 'number', member_id: 'string', cursor: 'string?' },
  key: { node: 'object', revision: 'number', data_since: 'number' },
  put: { node: 'object', revision: 'number', created: 'boolean', data_since: 'number' },
  removed: { deleted: 'number', revision: 'number' },
  dryRun: { count: 'number', sample: 'array', revision: 'number' },
}

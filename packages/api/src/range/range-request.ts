import type { Metric } from '@etcdmonitor/core/metrics/catalogue'
import { checkParts, finest, type Horizon, type Parts } from '@etcdmonitor/core/metrics/slots/finest'
import { planWindow, type Window, widenWindow } from '@etcdmonitor/core/metrics/slots/plan-window'
import { type WantedValues, wantsParts } from '@etcdmonitor/core/metrics/slots/window-values'
import type { MemberRef, MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import { findMember, membersWithData } from '../members/find-member.ts'
import type { Membership } from '../members/membership.ts'
import { readMetricNames } from './metric-names.ts'
import { type RangeQuery, toAskedWindow } from './range-query.ts'

/** A range query with all decided: equal ones have equal answers while the store's watermark stays. */
export interface RangeRequest extends WantedValues {
  /** `all`, the id of the one member, or `""` while none is known. */
  readonly memberId: string
  readonly members: readonly MemberRef[]
  /** Newest tick of each of them, Unix ms; 0 = none. */
  readonly newestAt: readonly number[]
  /** Every member with data in the window, for metrics that compare members; empty where none does. */
  readonly peers: readonly MemberRef[]
  readonly metrics: readonly Metric[]
  /** Names that may be unknown, in the order of the request. */
  readonly unsure: readonly string[]
  readonly window: Window
  readonly isStepGiven: boolean
  readonly horizon: Horizon
  readonly parts: Parts
  readonly format: 'points' | 'columns'
}

export interface RangeFacts {
  readonly membership: Membership
  readonly horizon: Horizon
  readonly limits: MetricsReader['limits']
  /** Of the collector, ms. */
  readonly interval: number
  /** Unix ms. */
  readonly now: number
}

/** @throws AppError `validation_failed`, `range_too_large`, `too_many_metrics`, `too_many_points`, `member_not_found` */
export function toRangeRequest(query: RangeQuery, facts: RangeFacts): RangeRequest {
  const { membership, horizon, interval, limits, now } = facts
  const { agg, include = [], format } = query
  const asked = toAskedWindow(query, now)
  const { metrics, unsure } = readMetricNames(query.metrics)
  const isAll = query.member_id === 'all'
  const all = isAll ? membersWithData(membership, asked) : []
  const counts = { names: metrics.length, members: isAll ? all.length : 1 }
  const step = query.step === undefined ? {} : { step: query.step * 1_000 }
  const window = planWindow({ ...asked, ...step, ...counts, interval, horizon })
  const parts = finest(window, { interval, horizon, limits })
  const wanted = { include, ...(agg && { agg }) }
  checkParts(
    parts,
    window,
    { ...counts, names: metrics.filter((one) => wantsParts(one, wanted)).length },
    limits,
  )
  // last: what is wrong with the query itself goes before a member that is not there (api.md 1.2)
  const members = isAll ? all : toList(findMember(membership, query.member_id))
  return {
    ...wanted,
    memberId: isAll ? 'all' : (members[0]?.memberId ?? ''),
    members,
    newestAt: members.map((member) => newestTick(membership, member)),
    peers: metrics.some(({ params }) => params.op === 'behind_max') ? membersWithData(membership, asked) : [],
    metrics,
    unsure,
    window,
    isStepGiven: query.step !== undefined,
    horizon,
    parts,
    format,
  }
}

/**
 * The request for more names than it was planned for, since some have a series per label value; `entries`: over all members.
 * @throws AppError `too_many_metrics`, `too_many_points`
 */
export function widenRequest(
  request: RangeRequest,
  entries: number,
  { interval, limits }: Pick<RangeFacts, 'interval' | 'limits'>,
): RangeRequest {
  const { members, isStepGiven, horizon } = request
  const names = Math.ceil(entries / Math.max(1, members.length))
  const window = widenWindow(request.window, { names, members: members.length, isStepGiven, horizon })
  // it may begin earlier now, where there are only rollups
  return { ...request, window, parts: finest(window, { interval, horizon, limits }) }
}

/** Members whose ticks change the answer. */
export const watchedMembers = ({ members, peers }: RangeRequest): readonly MemberRef[] => [
  ...new Map([...members, ...peers].map((one) => [`${one.clusterId} ${one.memberId}`, one])).values(),
]

const newestTick = ({ stored }: Membership, { clusterId, memberId }: MemberRef): number =>
  stored.find(({ member }) => member.clusterId === clusterId && member.memberId === memberId)?.newestAt ?? 0

const toList = (found: MemberRef | undefined): readonly MemberRef[] => (found ? [found] : [])

/** One text per distinct answer, for caches and tags. */
export function toRequestKey(request: RangeRequest, watermark: string): string {
  const { metrics, window, horizon: _, ...rest } = request
  const { span: __, ...aligned } = window // how it was asked for, and what is left, show in step and parts
  return JSON.stringify({ ...rest, ...aligned, metrics: metrics.map(({ name }) => name), watermark })
}

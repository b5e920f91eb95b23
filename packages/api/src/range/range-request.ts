import type { Metric } from '@etcdmonitor/core/metrics/catalogue'
import { needsParts } from '@etcdmonitor/core/metrics/evaluate-slots'
import { checkParts, finest, type Parts } from '@etcdmonitor/core/metrics/finest'
import { planWindow, type Window } from '@etcdmonitor/core/metrics/plan-window'
import { statsNeedParts } from '@etcdmonitor/core/metrics/window-stats'
import type { MemberRef, MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import { findMember, membersWithData } from '../members/find-member.ts'
import type { Membership } from '../members/membership.ts'
import { readMetricNames } from './metric-names.ts'
import { type RangeQuery, toAskedWindow } from './range-query.ts'

/** A range query with all decided: equal ones have equal answers while the store's watermark stays. */
export interface RangeRequest {
  /** `all`, the id of the one member, or `""` while none is known. */
  readonly memberId: string
  readonly members: readonly MemberRef[]
  readonly metrics: readonly Metric[]
  readonly unknown: readonly string[]
  readonly window: Window
  readonly parts: Parts
  readonly format: 'points' | 'columns'
  readonly withStats: boolean
  /** Every member with data in the window, for metrics that compare members; empty where none does. */
  readonly peers: readonly MemberRef[]
  /** Newest tick of the members, Unix ms. */
  readonly until: number
}

interface Facts {
  readonly membership: Membership
  readonly limits: MetricsReader['limits']
  /** Of the collector, ms. */
  readonly interval: number
  /** Unix ms. */
  readonly now: number
}

/** @throws AppError `validation_failed`, `range_too_large`, `too_many_metrics`, `too_many_points`, `member_not_found` */
export function toRangeRequest(query: RangeQuery, facts: Facts): RangeRequest {
  const { membership, limits, interval, now } = facts
  const asked = toAskedWindow(query, now)
  const { metrics, unknown } = readMetricNames(query.metrics)
  const isAll = query.member_id === 'all'
  const all = isAll ? membersWithData(membership, asked) : []
  const counts = { names: metrics.length, members: isAll ? all.length : 1 }
  const step = query.step === undefined ? {} : { step: query.step * 1_000 }
  const window = planWindow({ ...asked, ...step, ...counts, interval })
  const parts = finest(window, { interval, limits })
  const withStats = query.include !== undefined
  const ofParts = metrics.filter((metric) => (withStats ? statsNeedParts(metric) : needsParts(metric)))
  if (ofParts.length > 0) checkParts(parts, window, { ...counts, names: ofParts.length }, limits)
  // last: what is wrong with the query itself goes before a member that is not there (api.md 1.2)
  const members = isAll ? all : toList(findMember(membership, query.member_id))
  const memberId = isAll ? 'all' : (members[0]?.memberId ?? '')
  return {
    memberId,
    members,
    metrics,
    unknown,
    window,
    parts,
    format: query.format,
    withStats,
    peers: metrics.some(({ params }) => params.op === 'behind_max') ? membersWithData(membership, asked) : [],
    until: newestTick(membership, members),
  }
}

function newestTick({ stored }: Membership, members: readonly MemberRef[]): number {
  const ids = new Set(members.map(({ clusterId, memberId }) => `${clusterId} ${memberId}`))
  const own = stored.filter(({ member }) => ids.has(`${member.clusterId} ${member.memberId}`))
  return Math.max(0, ...own.map(({ newestAt }) => newestAt))
}

const toList = (found: MemberRef | undefined): readonly MemberRef[] => (found ? [found] : [])

/** Members whose new ticks change the answer. */
export const watchedMembers = ({ members, peers }: RangeRequest): readonly MemberRef[] =>
  peers.length > 0 ? [...members, ...peers] : members

/** One text per distinct answer, for caches and tags. */
export function toRequestKey({ metrics, window, ...rest }: RangeRequest, watermark: string): string {
  const { span: _, ...aligned } = window // how it was asked for shows in step and parts
  return JSON.stringify({ ...rest, ...aligned, metrics: metrics.map(({ name }) => name), watermark })
}

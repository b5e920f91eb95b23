import type { ClusterView } from './cluster-view.ts'
import type { DataReset } from './data-reset.ts'
import { HEALTH_CODES, type HealthCode, type HealthReason, reason, viewReasons } from './health-reasons.ts'
import type { MemberId } from './member.ts'

const CRITICAL: ReadonlySet<HealthCode> = new Set(['no_leader', 'alarm_corrupt', 'alarm_nospace'])
const MAX_REASONS = 20
/** Of two hosts, ms: less says nothing. */
const CLOCKS_APART = 60_000
const RESET_SHOWN = 86_400_000
/** The tier warning of the quota's threshold (metrics.md 6). */
const QUOTA_WARNING = 0.75
/** Share of `ops.audit_max_rows` from which on it is told (security.md 8). */
const AUDIT_WARNING = 0.8

export interface ClusterHealth {
  readonly state: 'healthy' | 'degraded' | 'critical' | 'unknown'
  /** Most severe first, at most 20. */
  readonly reasons: readonly HealthReason[]
}

/** What the judgement needs beside the view. */
export interface HealthFacts {
  /** Collector interval, ms. */
  readonly interval: number
  /** Unix ms of the newest tick of any member in the store; absent: none. */
  readonly newestTickAt?: number
  /** Unix ms of the newest good scrape by member id. */
  readonly lastGoodAt: ReadonlyMap<MemberId, number>
  /** How full the database of a member is, as a share of its quota; absent: not known, or the quota is off. */
  readonly quotaUsage: ReadonlyMap<MemberId, number>
  /** The newest that is known; absent: none. */
  readonly dataReset?: DataReset
  /** Members for which another cluster with the same ids stores as well. */
  readonly mixed: readonly MemberId[]
  /** Members that an operation of ours blocks, or did just now, with a sentence about it: their silence is no outage. */
  readonly blocked: ReadonlyMap<MemberId, string>
  /** `etcd.tls_insecure_skip_verify`. */
  readonly isTlsUnverified: boolean
  /** Rows of the audit log, and how many it may have; absent: not known. */
  readonly audit?: { readonly rows: number; readonly maxRows: number }
}

/** How the cluster is, and why (api.md 5.4). Pure; nothing is asked. */
export function clusterHealth(view: ClusterView, facts: HealthFacts, now: number): ClusterHealth {
  const isSeen = view.members.length > 0 && isFresh(view.probedAt, facts.interval, now)
  const reasons = [
    ...(isSeen ? seenReasons(view, facts, now) : [noView(view)]),
    ...blockedReasons(facts),
    ...(view.members.length > 0 ? collectorReasons(facts, now) : []),
    ...mixedReasons(view, facts),
    ...resetReasons(facts, now),
    ...quotaReasons(view, facts),
    ...tlsReasons(facts),
    ...auditReasons(facts),
  ].toSorted((a, b) => HEALTH_CODES.indexOf(a.code) - HEALTH_CODES.indexOf(b.code))
  return { state: judge(reasons), reasons: reasons.slice(0, MAX_REASONS) }
}

function seenReasons(view: ClusterView, { lastGoodAt, blocked }: HealthFacts, now: number): HealthReason[] {
  return viewReasons(view.members, lastGoodAt, now).filter(
    ({ code, memberId = '' }) => !(OF_SILENCE.has(code) && blocked.has(memberId)),
  )
}

const OF_SILENCE: ReadonlySet<HealthCode> = new Set(['member_unreachable', 'member_unhealthy'])

const blockedReasons = ({ blocked }: HealthFacts): HealthReason[] =>
  [...blocked].map(([id, sentence]) => reason('operation_running', sentence, id))

/**
 * At most three collector intervals old; beyond, api.md 5 calls it stale. Likewise what lies ahead of the clock: its age is not
 * known, and a collector whose clock was set back stores nothing until its own has caught up.
 */
export const isFresh = (at: number | undefined, interval: number, now: number): boolean =>
  at !== undefined && now - at <= 3 * interval && !isAhead(at, interval, now)

const isAhead = (at: number, interval: number, now: number): boolean =>
  at - now > Math.max(3 * interval, CLOCKS_APART)

function judge(reasons: readonly HealthReason[]): ClusterHealth['state'] {
  if (reasons.some(({ code }) => code === 'no_view')) return 'unknown'
  if (reasons.some(({ code }) => CRITICAL.has(code))) return 'critical'
  return reasons.length > 0 ? 'degraded' : 'healthy'
}

const noView = ({ members }: ClusterView): HealthReason =>
  reason('no_view', members.length > 0 ? 'the members were not asked for a while' : 'no member was ever seen')

/** Not while no member was ever seen: then a collector has nothing to store, however well it runs. */
function collectorReasons({ newestTickAt, interval }: HealthFacts, now: number): HealthReason[] {
  if (isFresh(newestTickAt, interval, now)) return []
  if (newestTickAt === undefined) return [reason('collector_stale', 'the collector has stored nothing yet')]
  const seconds = Math.round(Math.abs(now - newestTickAt) / 1_000)
  const message = isAhead(newestTickAt, interval, now)
    ? `the newest tick lies ${seconds} s ahead of this clock: compare the clocks of the collector's host and this one`
    : `the collector stored nothing for ${seconds} s`
  return [reason('collector_stale', message)]
}

function mixedReasons({ members }: ClusterView, { mixed }: HealthFacts): HealthReason[] {
  if (mixed.length === 0) return []
  const names = members.filter(({ id }) => mixed.includes(id)).map(({ id, name }) => name || id)
  const sentence = 'another cluster with the same ids writes to this store'
  return [
    reason('mixed_history', `${sentence}: of ${names.join(', ')} it holds raft indexes above their own`),
  ]
}

function resetReasons({ dataReset }: HealthFacts, now: number): HealthReason[] {
  if (!dataReset || now - dataReset.at >= RESET_SHOWN) return []
  const { at, before, after } = dataReset
  const when = new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
  return [reason('data_reset', `wiped or restored at ${when}: the revision went from ${before} to ${after}`)]
}

function quotaReasons({ members }: ClusterView, { quotaUsage }: HealthFacts): HealthReason[] {
  return members.flatMap(({ id, name }) => {
    const share = quotaUsage.get(id) ?? 0
    if (share <= QUOTA_WARNING) return []
    return [reason('quota_high', `${name || id} uses ${Math.floor(share * 100)} % of its database quota`, id)]
  })
}

const tlsReasons = ({ isTlsUnverified }: HealthFacts): HealthReason[] =>
  isTlsUnverified ? [reason('tls_unverified', 'certificates of etcd are not verified')] : []

function auditReasons({ audit }: HealthFacts): HealthReason[] {
  if (!audit || audit.rows < AUDIT_WARNING * audit.maxRows) return []
  const { rows, maxRows } = audit
  return [
    reason('audit_nearly_full', `the audit log holds ${rows} of ${maxRows} rows; beyond, the oldest go`),
  ]
}

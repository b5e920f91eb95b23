import { formatId } from '@etcdmonitor/core/format/format-id'
import type { StatusAnswer } from '../../api/answers.ts'

export interface ReportFacts {
  readonly status: StatusAnswer
  /** By how much the server's clock is ahead of the browser's, ms. */
  readonly ahead: number
  /** Our etcd user is known to lack the root role. */
  readonly lacksRoot: boolean
  /** Endpoints and members are numbered instead of named. */
  readonly hidesNames: boolean
}

/**
 * The page for somebody else: lines for people, then the same as JSON. Without sentences of a server, since these may quote a user's name
 * or a host; a kind says as much.
 */
export function printReport({ status, ahead, lacksRoot, hidesNames }: ReportFacts): string {
  const name = (what: string, at: number, own: string) =>
    hidesNames || own === '' ? `${what}-${at + 1}` : own
  const members = new Map(
    status.members.map(({ id, name: own }, at) => [id, name('member', at, own || formatId(id))]),
  )
  const report = {
    app_version: status.app_version,
    at: new Date(status.timestamp * 1_000).toISOString(),
    health: status.health.state,
    reasons: status.health.reasons.map(({ code, member_id: id }) => ({
      code,
      ...(id !== undefined && { member: members.get(id) ?? 'unknown' }),
    })),
    endpoints: status.endpoints.map(({ endpoint, ok, role, stage, kind, latency_ms }, at) => ({
      endpoint: name('endpoint', at, endpoint),
      ok,
      role,
      stage,
      kind,
      latency_ms,
    })),
    members: status.members.map(({ id, version, status: state, is_leader, is_learner, scrape_error }) => ({
      member: members.get(id),
      version,
      state,
      is_leader,
      is_learner,
      scrape: reasonOf(scrape_error),
    })),
    lacks_root_role: lacksRoot,
    collector: status.collector,
    storage: status.storage,
    clock_ahead_ms: Math.round(ahead),
  }
  const lines = [
    `etcdmonitor ${report.app_version}, ${report.at}: ${report.health}`,
    ...report.reasons.map(
      (reason) => `reason: ${reason.code}${'member' in reason ? ` (${reason.member})` : ''}`,
    ),
    ...report.endpoints.map(
      ({ endpoint, ok, role, stage, kind, latency_ms }) =>
        `endpoint ${endpoint}: ${ok ? `ready (${role}) in ${latency_ms ?? '?'} ms` : `fails at ${stage} (${kind || 'not probed yet'})`}`,
    ),
    ...(lacksRoot ? ['sign-in: the etcd user lacks the root role'] : []),
    ...report.members.map(
      ({ member, version, state, is_leader, is_learner, scrape }) =>
        `member ${member}: ${state}${is_leader ? ', leader' : ''}${is_learner ? ', learner' : ''}, etcd ${version || '?'}, scrape ${scrape}`,
    ),
    `collector: ${report.collector.age_seconds ?? '?'} s ago${report.collector.stale ? ' (stale)' : ''}; history ${report.storage.metrics}, state ${report.storage.state}`,
  ]
  return `${lines.join('\n')}\n\n${JSON.stringify(report, null, 2)}\n`
}

/** The reason stands before the sentence (metrics.md 2.4). */
const reasonOf = (error: string): string => (error === '' ? 'ok' : (/^[a-z_]+/.exec(error)?.[0] ?? 'failed'))

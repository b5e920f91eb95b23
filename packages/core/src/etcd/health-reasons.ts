import type { MemberView } from './cluster-view.ts'
import { describeFailure } from './describe-failure.ts'
import type { Alarm, MemberId } from './member.ts'
import { hasAnswered, memberHealth } from './member-health.ts'

/** Reasons of api.md 5.4 that this version can tell, most severe first: answers keep this order. */
export const HEALTH_CODES = [
  'no_view',
  'no_leader',
  'alarm_corrupt',
  'alarm_nospace',
  'quorum_at_risk',
  'member_unreachable',
  'member_unhealthy',
  'collector_stale',
  'mixed_history',
  'operation_running',
  'data_reset',
  'quota_high',
  'version_skew',
  'tls_unverified',
  'audit_nearly_full',
] as const
export type HealthCode = (typeof HEALTH_CODES)[number]

export interface HealthReason {
  readonly code: HealthCode
  readonly message: string
  readonly memberId?: MemberId
}

export const reason = (code: HealthCode, message: string, memberId?: MemberId): HealthReason => ({
  code,
  message,
  ...(memberId !== undefined && { memberId }),
})

/** What the members' newest answers tell (api.md 5.4). `lastGoodAt`: Unix ms of the newest good scrape by member. */
export const viewReasons = (
  members: readonly MemberView[],
  lastGoodAt: ReadonlyMap<MemberId, number>,
  now: number,
): HealthReason[] => [
  ...quorumReasons(members),
  ...alarmReasons(members),
  ...members.flatMap((member) => memberReasons(member, lastGoodAt.get(member.id), now)),
  ...skewReasons(members),
]

function quorumReasons(members: readonly MemberView[]): HealthReason[] {
  const voters = members.filter(({ isLearner }) => !isLearner)
  const quorum = Math.floor(voters.length / 2) + 1
  const alive = voters.filter((voter) => memberHealth(voter) !== 'unreachable').length
  const counted = `${alive} of ${voters.length} voters answer, ${quorum} are a quorum`
  if (alive < quorum) return [reason('no_leader', `no quorum: ${counted}`)]
  const answers = members.filter(hasAnswered)
  if (answers.length > 0 && answers.every(({ status }) => status.leaderId === undefined))
    return [reason('no_leader', 'no member knows a leader')]
  const isAtRisk = alive < voters.length && alive === quorum
  return isAtRisk ? [reason('quorum_at_risk', `no further voter may fail: ${counted}`)] : []
}

/** Each alarm once, however many members show it. */
function alarmReasons(members: readonly MemberView[]): HealthReason[] {
  const shown = members.filter(hasAnswered).flatMap(({ status }) => status.alarms)
  const alarms = new Map(shown.map((alarm) => [`${alarm.type} ${alarm.memberId}`, alarm]))
  return [...alarms.values()].flatMap((alarm) => toReason(alarm, members))
}

function toReason({ type, memberId }: Alarm, members: readonly MemberView[]): HealthReason[] {
  // etcd 3.5 and later may not know which member is wrong
  const owner = memberId === '0' ? undefined : memberId
  const where = owner === undefined ? '' : ` on ${nameOf(members, owner)}`
  if (type === 'NOSPACE') return [reason('alarm_nospace', `alarm NOSPACE${where}: writes are refused`, owner)]
  if (type === 'CORRUPT') return [reason('alarm_corrupt', `alarm CORRUPT${where}: data may differ`, owner)]
  return []
}

function memberReasons(member: MemberView, goodAt: number | undefined, now: number): HealthReason[] {
  const name = member.name || member.id
  switch (memberHealth(member)) {
    case 'unreachable': {
      const since = goodAt
        ? `did not answer for ${Math.max(0, Math.round((now - goodAt) / 1_000))} s`
        : 'does not answer'
      return [reason('member_unreachable', `${name} ${since}`, member.id)]
    }
    case 'unhealthy':
      return [reason('member_unhealthy', `${name} ${whyUnhealthy(member)}`, member.id)]
    case 'learner':
    case 'healthy':
      return []
  }
}

function whyUnhealthy({ status, failure }: MemberView): string {
  if (failure) return `could not be asked: ${describeFailure(failure)}`
  if (status?.errors[0]) return `reports: ${status.errors[0]}`
  return status?.leaderId === undefined ? 'knows no leader' : 'has an alarm'
}

function skewReasons(members: readonly MemberView[]): HealthReason[] {
  const versions = new Set(members.flatMap(({ status }) => (status ? [status.serverVersion] : [])))
  if (versions.size < 2) return []
  return [reason('version_skew', `members run different versions: ${[...versions].toSorted().join(', ')}`)]
}

const nameOf = (members: readonly MemberView[], id: MemberId): string =>
  members.find((member) => member.id === id)?.name || id

import type { MemberView } from '../etcd/cluster-view.ts'
import type { Alarm } from '../etcd/member.ts'
import { hasAnswered } from '../etcd/member-health.ts'
import { formatValue } from '../format/format-value.ts'
import { hasAlarm } from './active-alarms.ts'
import type { Check, CheckCode, Checks } from './check-codes.ts'
import { checkOperation } from './check-operation.ts'
import { nameOf } from './judge-voters.ts'
import type { OperationFacts } from './operation-facts.ts'

/** Shares of its quota from which a file would raise the alarm again, and from which that is near. */
const REFUSED = 0.95
const WARNED = 0.9

/**
 * What stands in the way of disarming one alarm (operations.md 12.2). `isProven`: a HashKV run over the present voters that began after the
 * alarm was first seen was consistent, lately enough.
 */
export function checkDisarm(
  { type }: Pick<Alarm, 'type'>,
  facts: OperationFacts,
  { isProven }: { readonly isProven: boolean },
): Checks {
  const { blockers, warnings } = checkOperation({ column: 'alarm_disarm', memberIds: [] }, facts)
  if (type === 'CORRUPT') return { blockers: [...blockers, ...(isProven ? [] : [NOT_CLEARED])], warnings }
  const { members } = facts.view // a learner raises the alarm as a voter does
  return {
    blockers: [
      ...blockers,
      ...(hasAlarm(facts.view, 'CORRUPT') ? [CORRUPT_ACTIVE] : []),
      ...members
        .filter((member) => share(member, facts) >= REFUSED)
        .map((member) => quotaCheck(member, facts, member.isLearner ? whatHelpsLearners : whatHelps)),
    ],
    warnings: [
      ...warnings,
      ...members
        .filter((member) => isNear(share(member, facts)))
        .map((member) =>
          quotaCheck(member, facts, () => ': little room is left before the alarm comes back'),
        ),
      ...members.filter((member) => Number.isNaN(share(member, facts))).map(unknown),
    ],
  }
}

const check = (code: CheckCode, message: string): Check => ({ code, message })

const NOT_CLEARED = check(
  'corrupt_not_cleared',
  'no recent hash check found all voters equal since the alarm was raised: run one first',
)
/** On etcd 3.4 and 3.5 the last NOSPACE takes the write block of CORRUPT with it. */
const CORRUPT_ACTIVE = check('corrupt_active', 'a CORRUPT alarm is active: it is to be cleared first')

/** Of its quota; NaN: the quota is not known, or the member is silent. */
function share(member: MemberView, { quotas }: OperationFacts): number {
  const quota = quotas.get(member.id)
  return hasAnswered(member) && quota !== undefined ? member.status.dbSizeBytes / quota : Number.NaN
}

const isNear = (used: number): boolean => used >= WARNED && used < REFUSED

function quotaCheck(
  member: MemberView,
  facts: OperationFacts,
  advise: (inUse: number, quota: number) => string,
): Check {
  const quota = facts.quotas.get(member.id) ?? 0
  const percent = Math.floor(share(member, facts) * 100)
  const used = `${nameOf(member)} uses ${percent} % of its quota of ${formatValue('bytes', quota)}`
  const advice = advise(member.status?.dbSizeInUseBytes ?? 0, quota)
  return { ...check('quota_still_exceeded', `${used}${advice}`), memberId: member.id }
}

/** A compaction alone frees nothing of what is stored now. */
function whatHelps(inUse: number, quota: number): string {
  const way =
    inUse >= REFUSED * quota
      ? 'delete keys or history first, then compact and defragment'
      : 'compact, then defragment it'
  return `, ${formatValue('bytes', inUse)} by what is stored: ${way}, or the alarm comes back with the next writes`
}

const whatHelpsLearners = (): string =>
  ': etcd defragments no learner, so promote it, remove it, or restart it with a larger quota, or the alarm comes back with the next writes'

const unknown = (member: MemberView): Check => ({
  ...check('unchecked', `could not be checked: how full ${nameOf(member)} is`),
  memberId: member.id,
})

import type { MemberView } from '../etcd/cluster-view.ts'
import { describeFailure } from '../etcd/describe-failure.ts'
import { hasAnswered } from '../etcd/member-health.ts'
import { stageName } from '../etcd/stage-name.ts'
import { formatValue } from '../format/format-value.ts'
import type { Finding } from './check-codes.ts'
import { defragAdvice, reclaimable } from './defrag-advice.ts'
import { judgeVoters, lagOf, nameOf, quorumOf } from './judge-voters.ts'
import { isBefore35, isFailureFatal, isKnownBad } from './known-versions.ts'
import type { OperationFacts } from './operation-facts.ts'
import type { Target } from './operation-target.ts'

type Answered = MemberView & { readonly status: NonNullable<MemberView['status']> }

const targets = ({ view }: OperationFacts, { memberIds }: Target): readonly MemberView[] =>
  view.members.filter(({ id }) => memberIds.includes(id))

const answering = (facts: OperationFacts, target: Target): readonly Answered[] =>
  targets(facts, target).filter(hasAnswered)

const of = (member: MemberView, message: string): Finding => ({ message, memberId: member.id })

/** What the members that are touched show, for the rows of operations.md 5.2. Each gives `[]` where the row does not hold. */

export const unreachable = (facts: OperationFacts, target: Target): readonly Finding[] =>
  targets(facts, target)
    .filter((member) => !hasAnswered(member) && member.failure?.kind !== 'permission_denied')
    .map((member) => {
      const { failure } = member
      const why = failure ? `${stageName(failure)}: ${describeFailure(failure)}` : 'it was not reached yet'
      return of(member, `${nameOf(member)} does not answer (${why})`)
    })

/** Only where some voter is not healthy already. */
export function quorumAtRisk(facts: OperationFacts, target: Target): readonly Finding[] {
  const voters = judgeVoters(facts.view, facts.lagEntries)
  const healthy = voters.filter(({ isHealthy }) => isHealthy)
  const quorum = quorumOf(voters.length)
  if (healthy.length === voters.length) return []
  return targets(facts, target).flatMap((member) => {
    const left = healthy.filter(({ member: { id } }) => id !== member.id).length
    if (left >= quorum) return []
    const counted = `${left} of ${voters.length} voters would be left healthy, ${quorum} are a quorum`
    return [of(member, `without ${nameOf(member)} the cluster has no quorum: ${counted}`)]
  })
}

export const lagging = (facts: OperationFacts, target: Target): readonly Finding[] =>
  targets(facts, target).flatMap((member) => {
    const lag = lagOf(member, facts.view) ?? 0
    return lag > facts.lagEntries ? [of(member, `${nameOf(member)} is ${lag} entries behind the leader`)] : []
  })

/** Learners; of a snapshot only where etcd refuses it. */
export const notVoters = (facts: OperationFacts, target: Target): readonly Finding[] =>
  targets(facts, target)
    .filter(
      ({ isLearner, status }) => isLearner && (target.column !== 'snapshot' || isOld(status?.serverVersion)),
    )
    .map((member) => of(member, `${nameOf(member)} is a learner: etcd refuses the call`))

const isOld = (version: string | undefined): boolean => version !== undefined && isBefore35(version)

export const knownBad = (facts: OperationFacts, target: Target): readonly Finding[] =>
  answering(facts, target)
    .filter(({ status }) => isKnownBad(status.serverVersion))
    .map((member) => {
      const what = 'a crash during a defragmentation can leave the member inconsistent'
      return of(
        member,
        `${nameOf(member)} runs etcd ${member.status.serverVersion}: ${what}. Upgrade it first`,
      )
    })

export const openReaders = (facts: OperationFacts, target: Target): readonly Finding[] =>
  targets(facts, target)
    .filter(({ id }) => facts.openReaders.has(id))
    .map((member) => {
      const what = 'a defragmentation waits for its end, and the member answers nothing meanwhile'
      return of(
        member,
        `${nameOf(member)} was sending a snapshot to somebody when it was scraped last: ${what}`,
      )
    })

export function leaderInPlace(facts: OperationFacts, target: Target): readonly Finding[] {
  if (target.movesLeader) return []
  const what =
    target.column === 'snapshot' || target.column === 'hashkv'
      ? 'it bears the load of this as well'
      : 'what asks the leader waits meanwhile'
  return targets(facts, target)
    .filter(({ id }) => id === facts.view.leaderId)
    .map((member) => of(member, `${nameOf(member)} is the leader: ${what}`))
}

export const diskSpace = (facts: OperationFacts, target: Target): readonly Finding[] =>
  answering(facts, target).map((member) => {
    const bytes = formatValue('bytes', member.status.dbSizeInUseBytes)
    return of(
      member,
      `${nameOf(member)} needs about ${bytes} of free disk beside its file; etcd does not say what is free`,
    )
  })

export const fatalFailure = (facts: OperationFacts, target: Target): readonly Finding[] =>
  answering(facts, target)
    .filter(({ status }) => isFailureFatal(status.serverVersion))
    .map((member) => {
      const what = 'if its disk fills meanwhile the member goes down or has to be restarted'
      return of(member, `${nameOf(member)} runs etcd ${member.status.serverVersion}: ${what}`)
    })

export const littleToReclaim = (facts: OperationFacts, target: Target): readonly Finding[] =>
  answering(facts, target).flatMap((member) => {
    const { dbSizeBytes, dbSizeInUseBytes } = member.status
    if (defragAdvice(dbSizeBytes, dbSizeInUseBytes, facts.quotas.get(member.id)) !== 'not_worth_it') return []
    const returned = formatValue('bytes', reclaimable(dbSizeBytes, dbSizeInUseBytes))
    return [of(member, `${nameOf(member)} would return about ${returned}, which is little`)]
  })

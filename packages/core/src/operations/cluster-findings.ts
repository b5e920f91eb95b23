import type { ClusterView } from '../etcd/cluster-view.ts'
import { hasAnswered } from '../etcd/member-health.ts'
import { activeAlarms } from './active-alarms.ts'
import type { Finding } from './check-codes.ts'
import { judgeVoters, nameOf } from './judge-voters.ts'
import { isBefore36 } from './known-versions.ts'
import type { OperationFacts } from './operation-facts.ts'
import type { Target } from './operation-target.ts'

/** Revisions below which a compaction cancels watches that lag only a little. */
const FEW_REVISIONS = 1_000

/** What the cluster as a whole shows, for the rows of operations.md 5.2. Each gives `[]` where the row does not hold. */

export const heldBy = ({ held }: OperationFacts): readonly Finding[] =>
  held ? [{ message: `${held.username} runs ${held.operation} on this cluster (run ${held.id})` }] : []

export const changed = ({ clusterChanged }: OperationFacts): readonly Finding[] =>
  clusterChanged === undefined ? [] : [{ message: clusterChanged }]

export function noLeader({ view }: OperationFacts): readonly Finding[] {
  if (view.leaderId === undefined) return [{ message: 'no member knows a leader' }]
  const named = new Set(votersThatAnswer(view).map(({ status }) => status.leaderId))
  return named.size > 1 ? [{ message: 'the members do not agree on who leads' }] : []
}

const votersThatAnswer = (view: ClusterView) =>
  view.members.filter(hasAnswered).filter(({ isLearner }) => !isLearner)

export const unhealthyVoters = ({ view, lagEntries }: OperationFacts): readonly Finding[] =>
  judgeVoters(view, lagEntries)
    .filter(({ isHealthy }) => !isHealthy)
    .map(({ member, reason }) => ({ message: reason, memberId: member.id }))

/** Releases before 3.6 let everybody who is signed in do these. */
const FREE_BEFORE_36: ReadonlySet<string> = new Set(['compact', 'move_leader', 'alarm_disarm'])

export function noRootRole({ view, limitedUser }: OperationFacts, { column }: Target): readonly Finding[] {
  const isOld = view.members.some(({ status }) => status && isBefore36(status.serverVersion))
  if (limitedUser === undefined || (isOld && FREE_BEFORE_36.has(column))) return []
  const name = JSON.stringify(limitedUser.slice(0, 60))
  return [{ message: `the etcd user ${name} of this console lacks the root role: etcd will refuse this` }]
}

/** `meaning`: what the alarm says about the cluster. A CORRUPT alarm may name no member. */
export const alarmOf =
  (type: 'NOSPACE' | 'CORRUPT', meaning: string) =>
  ({ view }: OperationFacts): readonly Finding[] =>
    activeAlarms(view)
      .filter((alarm) => alarm.type === type)
      .map(({ memberId }) => {
        const owner = view.members.find(({ id }) => id === memberId)
        const where = owner ? ` of ${nameOf(owner)}` : ''
        return { message: `the alarm ${type}${where} is active: ${meaning}`, ...(owner && { memberId }) }
      })

export const defragmenting = ({ view, defragmenting: ids }: OperationFacts): readonly Finding[] =>
  view.members
    .filter(({ id }) => ids.has(id))
    .map((member) => ({
      message: `${nameOf(member)} is being defragmented by somebody else`,
      memberId: member.id,
    }))

export function writeOutage({ view }: OperationFacts): readonly Finding[] {
  const voters = view.members.filter(({ isLearner }) => !isLearner).length
  if (voters > 2) return []
  const count = voters === 1 ? 'one voter' : `${voters} voters`
  return [{ message: `the cluster has ${count}: all writes stop while one is defragmented` }]
}

export function versionSkew({ view }: OperationFacts): readonly Finding[] {
  const versions = new Set(view.members.filter(hasAnswered).map(({ status }) => status.serverVersion))
  if (versions.size < 2) return []
  return [{ message: `members run different versions: ${[...versions].toSorted().join(', ')}` }]
}

export const retainsLittle = (_: OperationFacts, { retainCount }: Target): readonly Finding[] =>
  retainCount !== undefined && retainCount < FEW_REVISIONS
    ? [{ message: `only ${retainCount} revisions are kept: watches that lag by more are cancelled` }]
    : []

export const kubernetes = ({ isKubernetes }: OperationFacts): readonly Finding[] =>
  isKubernetes ? [{ message: 'a Kubernetes API server compacts this cluster every 5 min already' }] : []

export const compactsByItself = ({ compactsByItself: does }: OperationFacts): readonly Finding[] =>
  does ? [{ message: 'history was compacted at least twice in the last 24 h: it is done already' }] : []

export const slowWatchers = ({ view, slowWatchers: ids }: OperationFacts): readonly Finding[] =>
  view.members
    .filter(({ id }) => ids.has(id))
    .map((member) => ({
      message: `watchers of ${nameOf(member)} lag behind: they may lose events`,
      memberId: member.id,
    }))

export const unchecked = ({ unchecked: facts }: OperationFacts): readonly Finding[] =>
  facts.map((fact) => ({ message: `could not be checked: ${fact}` }))

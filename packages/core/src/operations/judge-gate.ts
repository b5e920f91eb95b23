import { hasAlarm } from './active-alarms.ts'
import { defragmenting, noLeader } from './cluster-findings.ts'
import { judgeVoters } from './judge-voters.ts'
import type { OperationFacts } from './operation-facts.ts'

/**
 * Conditions of the health gate that a view does not fulfil, for people; `[]`: it passes. NOSPACE passes: defragmentation is its cure
 * (operations.md 5.3). What our own defragmentation left in the samples is to be taken out of the facts before: it would count.
 */
export function judgeGate(facts: OperationFacts): readonly string[] {
  const sick = judgeVoters(facts.view, facts.lagEntries).filter(({ isHealthy }) => !isHealthy)
  return [
    ...sick.map(({ reason }) => reason),
    ...noLeader(facts).map(({ message }) => message),
    ...(hasAlarm(facts.view, 'CORRUPT') ? ['the alarm CORRUPT is active'] : []),
    ...defragmenting(facts).map(({ message }) => message),
  ]
}

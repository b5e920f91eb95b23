import { expect, it } from 'vitest'
import { factsOf, type Said, viewOf } from './cluster-facts.contract.ts'
import { judgeGate } from './judge-gate.ts'
import type { OperationFacts } from './operation-facts.ts'

const three: readonly Said[] = [{ id: '1' }, { id: '2' }, { id: '3' }]
const [one = { id: '1' }, two = { id: '2' }] = three

const { leaderId: _, ...leaderless } = viewOf([{ id: '1', raftTerm: '3' }])

it.each<[string, OperationFacts, readonly string[]]>([
  ['a healthy cluster', factsOf(three), []],
  ['a learner that is down', factsOf([...three, { id: '4', isLearner: true, failure: 'refused' }]), []],
  ['a member that may not be asked', factsOf([one, two, { id: '3', failure: 'permission_denied' }]), []],
  ['a voter that is down', factsOf([one, two, { id: '3', failure: 'refused' }]), ['m3 does not answer']],
  ['a voter just in step', factsOf([one, two, { id: '3', raftAppliedIndex: '8000' }]), []],
  [
    'a voter behind',
    factsOf([one, two, { id: '3', raftAppliedIndex: '7999' }]),
    ['m3 is 1001 entries behind'],
  ],
  [
    'another leader',
    factsOf([one, two, { id: '3', leaderId: '3' }]),
    ['m3 names another leader', 'the members do not agree on who leads'],
  ],
  ['no leader', factsOf([], { view: leaderless }), ['m1 names another leader', 'no member knows a leader']],
  ['NOSPACE', factsOf([{ ...one, alarms: [{ memberId: '1', type: 'NOSPACE' }] }, two]), []],
  [
    'CORRUPT',
    factsOf([{ ...one, alarms: [{ memberId: '0', type: 'CORRUPT' }] }, two]),
    ['the alarm CORRUPT is active'],
  ],
  [
    'work of others',
    factsOf(three, { defragmenting: new Set(['2']) }),
    ['m2 is being defragmented by somebody else'],
  ],
])('says of %s what does not hold', (_, facts, conditions) => {
  expect(judgeGate(facts)).toEqual(conditions)
})

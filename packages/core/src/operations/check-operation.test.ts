import { expect, it } from 'vitest'
import { CHECK_CODES } from './check-codes.ts'
import { checkOperation } from './check-operation.ts'
import { CHECK_RULES } from './check-rules.ts'
import { factsOf, type Said } from './cluster-facts.contract.ts'
import type { OperationFacts } from './operation-facts.ts'
import type { Column, Target } from './operation-target.ts'

const three: readonly Said[] = [
  { id: '1', serverVersion: '3.6.16' },
  { id: '2', serverVersion: '3.6.16' },
  { id: '3', serverVersion: '3.6.16' },
]
const [one = { id: '1' }, two = { id: '2' }, last = { id: '3' }] = three
const down = (id: string): Said => ({ id, serverVersion: '3.6.16', failure: 'refused' })
const nospace = { alarms: [{ memberId: '2', type: 'NOSPACE' }] }

const codes = (target: Target, facts: OperationFacts) => {
  const { blockers, warnings } = checkOperation(target, facts)
  return [blockers.map(({ code }) => code), warnings.map(({ code }) => code)]
}
const target = (column: Column, ...memberIds: string[]): Target => ({ column, memberIds })
const ALWAYS = ['disk_space']

it.each<[string, Target, OperationFacts, string[], string[]]>([
  ['a follower of a healthy cluster', target('defragment', '2'), factsOf(three), [], ALWAYS],
  ['the leader', target('defragment', '1'), factsOf(three), [], ['leader_in_place', ...ALWAYS]],
  ['a snapshot of the leader', target('snapshot', '1'), factsOf(three), [], ['leader_in_place']],
  [
    'the leader that is moved first',
    { ...target('rolling', '1'), movesLeader: true },
    factsOf(three),
    [],
    ALWAYS,
  ],
  [
    'another while a voter is down',
    target('defragment', '2'),
    factsOf([one, two, down('3')]),
    ['quorum_at_risk'],
    ['voter_unhealthy', ...ALWAYS],
  ],
  [
    'all while a voter is down',
    target('rolling', '1', '2'),
    factsOf([one, two, down('3')]),
    ['quorum_at_risk', 'quorum_at_risk', 'voter_unhealthy'],
    ['leader_in_place', ...ALWAYS, ...ALWAYS],
  ],
  [
    'one under NOSPACE while a voter is down',
    target('defragment', '2'),
    factsOf([one, { ...two, ...nospace }, down('3')]),
    [],
    ['quorum_at_risk', 'voter_unhealthy', 'alarm_nospace', ...ALWAYS],
  ],
  [
    'one of five while one is down',
    target('defragment', '2'),
    factsOf([...three, { ...one, id: '4' }, down('5')]),
    [],
    ['voter_unhealthy', ...ALWAYS],
  ],
  [
    'five in turn while one is down',
    target('rolling', '2'),
    factsOf([...three, { ...one, id: '4' }, down('5')]),
    ['voter_unhealthy'],
    ALWAYS,
  ],
  [
    'one that is down itself',
    target('defragment', '3'),
    factsOf([one, two, down('3')]),
    ['member_unreachable'],
    ['voter_unhealthy'],
  ],
  ['two voters', target('defragment', '2'), factsOf([one, two]), [], ['write_outage', ...ALWAYS]],
  [
    'a learner',
    target('defragment', '4'),
    factsOf([...three, { id: '4', serverVersion: '3.6.16', isLearner: true }]),
    ['not_a_voter'],
    ALWAYS,
  ],
  [
    'a snapshot of a learner',
    target('snapshot', '4'),
    factsOf([...three, { id: '4', serverVersion: '3.6.16', isLearner: true }]),
    [],
    [],
  ],
  [
    'a snapshot of an old learner',
    target('snapshot', '4'),
    factsOf([
      { id: '1', serverVersion: '3.4.35' },
      { id: '4', serverVersion: '3.4.35', isLearner: true },
    ]),
    ['not_a_voter'],
    [],
  ],
  [
    'one that lags',
    target('defragment', '3'),
    factsOf([one, two, { ...last, raftAppliedIndex: '7000' }]),
    ['lagging'],
    ['voter_unhealthy', ...ALWAYS],
  ],
  [
    'a release with a known fault',
    target('defragment', '2'),
    factsOf([
      { id: '1', serverVersion: '3.5.3' },
      { id: '2', serverVersion: '3.5.3' },
      { id: '3', serverVersion: '3.5.3' },
    ]),
    ['known_bad_version'],
    [...ALWAYS, 'failure_is_fatal'],
  ],
  [
    'work of another tool',
    target('defragment', '2'),
    factsOf(three, { defragmenting: new Set(['3']), openReaders: new Set(['2']) }),
    ['defrag_elsewhere'],
    ['open_reader', ...ALWAYS],
  ],
  [
    'a compact file',
    target('defragment', '2'),
    factsOf([one, { ...two, inUseMib: 100 }, last]),
    [],
    [...ALWAYS, 'little_to_reclaim'],
  ],
  [
    'another cluster',
    target('hashkv'),
    factsOf(three, { clusterChanged: 'cluster 8 answers, not 9' }),
    ['cluster_changed'],
    [],
  ],
  [
    'a held lock',
    target('compact'),
    factsOf(three, { held: { id: 'R', operation: 'snapshot', username: 'ann', startedAt: 1 } }),
    ['operation_in_progress'],
    [],
  ],
  [
    'a held lock, which a snapshot tells by its own answer',
    target('snapshot', '2'),
    factsOf(three, { held: { id: 'R', operation: 'snapshot', username: 'ann', startedAt: 1 } }),
    [],
    [],
  ],
  [
    'compaction that others do',
    { ...target('compact'), retainCount: 999 },
    factsOf(three, { isKubernetes: true, compactsByItself: true, slowWatchers: new Set(['1']) }),
    [],
    ['retains_little', 'kubernetes', 'compacts_by_itself', 'slow_watchers'],
  ],
  [
    'a CORRUPT alarm under compaction',
    target('compact'),
    factsOf([{ ...one, alarms: [{ memberId: '0', type: 'CORRUPT' }] }]),
    ['alarm_corrupt'],
    [],
  ],
  [
    'an etcd user without the root role',
    target('snapshot', '2'),
    factsOf(three, { limitedUser: 'app' }),
    [],
    ['no_root_role'],
  ],
  [
    'such a user, where the release lets everybody do it',
    target('compact'),
    factsOf([{ id: '1', serverVersion: '3.5.21' }], { limitedUser: 'app' }),
    [],
    [],
  ],
  [
    'facts that could not be read',
    target('alarm_disarm'),
    factsOf(three, { unchecked: ['quota of m1'] }),
    [],
    ['unchecked'],
  ],
])('%s', (_, wanted, facts, blockers, warnings) => {
  expect(codes(wanted, facts)).toEqual([blockers, warnings])
})

it('names the member, and counts what would be left', () => {
  const { blockers } = checkOperation(target('defragment', '2'), factsOf([one, two, down('3')]))
  expect(blockers).toEqual([
    {
      code: 'quorum_at_risk',
      memberId: '2',
      message: 'without m2 the cluster has no quorum: 1 of 3 voters would be left healthy, 2 are a quorum',
    },
  ])
})

it('says how little a member would return', () => {
  const facts = factsOf([one, { ...two, sizeMib: 100, inUseMib: 99 }, last])
  const { warnings } = checkOperation(target('defragment', '2'), facts)
  expect(warnings.at(-1)).toMatchObject({
    code: 'little_to_reclaim',
    message: 'm2 would return about 1 MiB, which is little',
  })
})

it('has its rules in the order of the codes', () => {
  const order = CHECK_RULES.map(({ code }) => CHECK_CODES.indexOf(code))
  expect(order).toEqual(order.toSorted((a, b) => a - b))
})

import { expect, it } from 'vitest'
import { viewOf } from './cluster-facts.contract.ts'
import { judgeVoters, lagOf, nameOf, quorumOf } from './judge-voters.ts'

it('judges voters alone, and each by the leader that the newest term names', () => {
  const view = viewOf([
    { id: '1' },
    { id: '2', raftAppliedIndex: '8999' },
    { id: '3', leaderId: '3' },
    { id: '4', isLearner: true },
  ])
  expect(judgeVoters(view, 1_000).map(({ member, isHealthy, lag }) => [member.id, isHealthy, lag])).toEqual([
    ['1', true, 0],
    ['2', true, 1],
    ['3', false, 0],
  ])
})

it('tells no lag of a member that is silent, nor while the leader is', () => {
  const view = viewOf([{ id: '1', failure: 'refused' }, { id: '2' }])
  expect(view.members.map((member) => lagOf(member, view))).toEqual([undefined, undefined])
})

it('has no negative lag where the follower answered later than the leader', () => {
  const view = viewOf([
    { id: '1', raftIndex: '9000' },
    { id: '2', raftAppliedIndex: '9003' },
  ])
  expect(view.members.map((member) => lagOf(member, view))).toEqual([0, 0])
})

it.each([
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 3],
  [5, 3],
])('takes of %d voters %d', (voters, quorum) => {
  expect(quorumOf(voters)).toBe(quorum)
})

it('names a member by a text of one line, in its own direction, else by its id', () => {
  expect(nameOf({ id: '7', name: 'a\r\nX: 1\u202e<b>' })).toBe('a X: 1 <b>')
  expect(nameOf({ id: '7', name: '\u200b' })).toBe('7')
  expect(nameOf({ id: '7', name: 'n'.repeat(200) })).toHaveLength(128)
})

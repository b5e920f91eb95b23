import { expect, it } from 'vitest'
import { chooseTransferTarget } from './choose-transfer-target.ts'
import { factsOf, type Said } from './cluster-facts.contract.ts'

const NOBODY = { done: new Set<string>(), fsyncSeconds: new Map<string, number>() }
const choose = (members: readonly Said[], wishes = {}) =>
  chooseTransferTarget(factsOf(members), { ...NOBODY, ...wishes })?.id

it('prefers a member whose file is done, then the smallest lag, the quickest disk, the lowest ID', () => {
  const members = [{ id: '1' }, { id: '2', raftAppliedIndex: '8990' }, { id: '3' }, { id: '10' }]
  expect(choose(members)).toBe('3')
  expect(choose(members, { done: new Set(['2']) })).toBe('2')
  expect(
    choose(members, {
      fsyncSeconds: new Map([
        ['10', 0.01],
        ['3', 0.02],
      ]),
    }),
  ).toBe('10')
  expect(choose(members, { fsyncSeconds: new Map([['10', 0.01]]) })).toBe('10')
})

it('never chooses the leader, a learner, nor who is not healthy', () => {
  expect(
    choose([
      { id: '1' },
      { id: '2', failure: 'refused' },
      { id: '3', isLearner: true },
      { id: '4', raftAppliedIndex: '7999' },
    ]),
  ).toBeUndefined()
  expect(choose([{ id: '1' }, { id: '4', raftAppliedIndex: '8000' }])).toBe('4')
})

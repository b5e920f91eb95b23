import { expect, it } from 'vitest'
import { type Said, viewOf } from './cluster-facts.contract.ts'
import { judgeTransfer } from './judge-transfer.ts'

it.each<[string, Said[], string]>([
  [
    'all name it',
    [
      { id: '1', leaderId: '2' },
      { id: '2', leaderId: '2' },
    ],
    'moved',
  ],
  [
    'a voter is silent',
    [
      { id: '1', failure: 'refused' },
      { id: '2', leaderId: '2' },
    ],
    'moved',
  ],
  [
    'the target is silent',
    [
      { id: '1', leaderId: '2' },
      { id: '2', failure: 'refused' },
    ],
    'undecided',
  ],
  [
    'they differ',
    [
      { id: '1', leaderId: '1' },
      { id: '2', leaderId: '2' },
    ],
    'undecided',
  ],
  [
    'all name another',
    [
      { id: '1', leaderId: '1' },
      { id: '2', leaderId: '1' },
    ],
    'not_moved',
  ],
  [
    'all that answer name another',
    [
      { id: '1', leaderId: '1' },
      { id: '2', failure: 'refused' },
    ],
    'undecided',
  ],
  ['nobody answers', [{ id: '1', failure: 'refused' }], 'undecided'],
  [
    'a learner is no voter',
    [
      { id: '1', leaderId: '1' },
      { id: '2', leaderId: '1' },
      { id: '3', isLearner: true, failure: 'refused' },
    ],
    'not_moved',
  ],
])('where %s, leadership is %s', (_, members, outcome) => {
  expect(judgeTransfer(viewOf(members), '2')).toBe(outcome)
})

import { expect, it } from 'vitest'
import { type HashRound, type HashVerdict, judgeHashKv } from './judge-hashkv.ts'

const round = (
  hashes: readonly number[],
  over: Partial<HashRound> & { compact?: readonly string[] } = {},
): HashRound => ({
  revision: '100',
  missing: [],
  answers: hashes.map((hash, i) => ({
    memberId: String(i + 1),
    hash,
    compactRevision: over.compact?.[i] ?? '50',
  })),
  ...over,
})

it.each<[string, HashRound[], HashVerdict]>([
  ['equal hashes of all', [round([7, 7, 7])], { verdict: 'consistent' }],
  ['two voters that agree', [round([7, 7])], { verdict: 'consistent' }],
  ['a single voter', [round([7])], { verdict: 'inconclusive', reason: 'single_voter' }],
  [
    'a silent member, the others equal',
    [round([7, 7], { missing: [{ memberId: '3', why: 'silent' }] })],
    { verdict: 'inconclusive', reason: 'member_missing' },
  ],
  [
    'a member that failed',
    [round([7, 7], { missing: [{ memberId: '3', why: 'error' }] })],
    { verdict: 'inconclusive', reason: 'error' },
  ],
  [
    'a compaction in between, which is no difference',
    [round([7, 8, 8], { compact: ['50', '60', '60'] })],
    { verdict: 'inconclusive', reason: 'compacting' },
  ],
  ['a difference that was seen once', [round([7, 8, 8])], { verdict: 'inconclusive', reason: 'seen_once' }],
  [
    'a difference that is gone',
    [round([7, 8, 8]), round([9, 9, 9], { revision: '101' })],
    { verdict: 'inconclusive', reason: 'changed_between_attempts' },
  ],
  [
    'a difference that is gone after a round between compactions',
    [
      round([7, 8, 8]),
      round([7, 9, 9], { revision: '101', compact: ['50', '60', '60'] }),
      round([9, 9, 9], { revision: '102' }),
    ],
    { verdict: 'inconclusive', reason: 'changed_between_attempts' },
  ],
  [
    'a difference on both sides of a round between compactions',
    [
      round([7, 8, 8]),
      round([7, 9, 9], { revision: '101', compact: ['50', '60', '60'] }),
      round([6, 9, 9], { revision: '102' }),
    ],
    { verdict: 'inconsistent', minority: ['1'] },
  ],
  [
    'a difference at two revisions',
    [round([7, 8, 8]), round([6, 9, 9], { revision: '101' })],
    { verdict: 'inconsistent', minority: ['1'] },
  ],
  [
    'no majority: all are named',
    [round([7, 8]), round([6, 9], { revision: '101' })],
    { verdict: 'inconsistent', minority: ['1', '2'] },
  ],
  [
    'a majority of those that answered is none of all voters',
    [
      round([7, 8], { missing: [{ memberId: '3', why: 'silent' }] }),
      round([6, 9], { revision: '101', missing: [{ memberId: '3', why: 'silent' }] }),
    ],
    { verdict: 'inconsistent', minority: ['1', '2'] },
  ],
  [
    'the same difference at the same revision twice',
    [round([7, 8]), round([7, 8])],
    { verdict: 'inconclusive', reason: 'seen_once' },
  ],
  [
    'a difference in the newest revision alone, on both sides of a look at the one before',
    [round([7, 8, 8]), round([6, 6, 6], { revision: '99' }), round([7, 8, 8])],
    { verdict: 'inconsistent', minority: ['1'] },
  ],
  [
    'the same difference at the same revision three times',
    [round([7, 8, 8]), round([7, 8, 8]), round([7, 8, 8])],
    { verdict: 'inconsistent', minority: ['1'] },
  ],
  [
    'a difference that a compaction kept from being found again',
    [round([7, 8, 8]), round([7, 9, 9], { revision: '101', compact: ['50', '60', '60'] })],
    { verdict: 'inconclusive', reason: 'compacting' },
  ],
  ['nothing', [], { verdict: 'inconclusive', reason: 'cancelled' }],
])('says of %s what can be said', (_, rounds, verdict) => {
  expect(judgeHashKv(rounds)).toEqual(verdict)
})

it('compares only hashes of one hash revision', () => {
  const answers = [
    { memberId: '1', hash: 7, compactRevision: '50', hashRevision: '90' },
    { memberId: '2', hash: 8, compactRevision: '50', hashRevision: '100' },
  ]
  expect(judgeHashKv([{ revision: '100', answers, missing: [] }])).toMatchObject({ verdict: 'inconclusive' })
})

import { describe, expect, it } from 'vitest'
import { type DataRound, type DataWatch, watchData } from './data-reset.ts'
import type { MemberStatus } from './member.ts'

const status = (revision: string, raftIndex: string, more: Partial<MemberStatus> = {}): MemberStatus => ({
  memberId: '1',
  clusterId: '9',
  serverVersion: '3.4.23',
  dbSizeBytes: 1,
  dbSizeInUseBytes: 1,
  revision,
  raftTerm: '2',
  raftIndex,
  raftAppliedIndex: raftIndex,
  isLearner: false,
  errors: [],
  alarms: [],
  leaderId: '1',
  ...more,
})

/** A round of a cluster of three voters. */
const round = (at: number, ...statuses: MemberStatus[]): DataRound => ({ at, statuses, voters: 3 })
const watched = (...rounds: readonly DataRound[]): DataWatch => rounds.reduce(watchData, {})

const before = round(1, status('48211', '90000'), status('48210', '89999'), status('48211', '90000'))
const wiped = (at: number) => round(at, status('1', '8'), status('1', '8'))

describe('watchData', () => {
  it('F59 finds a reset in the second round that lies below, since the first', () => {
    expect(watched(before, wiped(2)).reset).toBeUndefined()
    expect(watched(before, wiped(2), wiped(3))).toEqual({
      known: { revision: '1', raftIndex: '8' },
      reset: { at: 2, before: '48211', after: '1' },
    })
  })

  it('F59 finds a restore that raised the revision by the raft index alone', () => {
    const restored = (at: number) => round(at, status('1000048211', '12'), status('1000048211', '12'))
    expect(watched(before, restored(2), restored(3)).reset).toMatchObject({
      before: '48211',
      after: '1000048211',
    })
  })

  it('tells a reset once, and finds the next one', () => {
    const grown = round(4, status('70', '80'), status('70', '80'))
    const first = watched(before, wiped(2), wiped(3), wiped(4), grown)
    expect(first).toEqual({
      known: { revision: '70', raftIndex: '80' },
      reset: { at: 2, before: '48211', after: '1' },
    })
    expect([wiped(5), wiped(6)].reduce(watchData, first).reset).toEqual({ at: 5, before: '70', after: '1' })
  })

  it('knows the highest of all rounds, compared as numbers', () => {
    expect(watched(round(1, status('9', '9'), status('10', '9'))).known).toEqual({
      revision: '10',
      raftIndex: '9',
    })
    expect(watched(before, round(2, status('48212', '90001'), status('1', '1'))).known).toEqual({
      revision: '48212',
      raftIndex: '90001',
    })
  })

  it.each([
    ['a single round lies below', [wiped(2), before]],
    ['one of three answers', [round(2, status('1', '8')), round(3, status('1', '8'))]],
    [
      'nobody knows a leader',
      [2, 3].map((at) => round(at, ...wiped(at).statuses.map(({ leaderId: _, ...rest }) => rest))),
    ],
    [
      'learners make the number',
      [2, 3].map((at) => round(at, status('1', '8'), status('1', '8', { isLearner: true }))),
    ],
    ['nobody answers', [round(2), round(3)]],
  ])('finds none when %s', (_, rounds) => {
    const watch = [before, ...rounds].reduce(watchData, {})
    expect(watch.reset).toBeUndefined()
    expect(watch.known).toEqual({ revision: '48211', raftIndex: '90000' })
  })

  it('is not led astray by the rounds between two that tell', () => {
    expect(watched(before, wiped(2), round(3), wiped(4)).reset).toMatchObject({ at: 2 })
    expect(watched(before, wiped(2), before, wiped(4)).reset).toBeUndefined()
  })
})

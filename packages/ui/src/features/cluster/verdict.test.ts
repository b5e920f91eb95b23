import { describe, expect, it } from 'vitest'
import { aMember, aStatus } from '../../../test/answers.ts'
import { enCluster } from '../../i18n/en-cluster.ts'
import { verdictOf } from './verdict.ts'

const down = { status: 'unreachable' } as const
const exact = { length: 11_520_000, bound: 'exact' } as const

describe('verdictOf', () => {
  it('says who answers, who leads and how many more may fail', () => {
    expect(verdictOf(aStatus(), exact, enCluster)).toEqual({
      icon: 'ok',
      role: 'ok',
      text: 'Healthy. 3 of 3 voters answer, leader etcd-7 for 3 h 12 min, no alarms. 1 more may fail.',
    })
  })

  it.each([
    ['least', 'for more than 1 d'],
    ['most', 'for less than 1 d'],
  ] as const)('says a bound of the leader’s time as one: %s', (bound, text) => {
    expect(verdictOf(aStatus(), { length: 86_400_000, bound }, enCluster).text).toContain(
      `leader etcd-7 ${text}`,
    )
  })

  it('says that nobody more may fail, that an even number is no gain, and whose alarm it is', () => {
    const members = [aMember('7', { is_leader: true }), aMember('8'), aMember('9'), aMember('6', down)]
    const health = {
      state: 'critical' as const,
      reasons: [{ code: 'alarm_nospace' as const, member_id: '8', message: '' }],
    }
    expect(verdictOf(aStatus({ members, health }), undefined, enCluster)).toEqual({
      icon: 'crit',
      role: 'crit',
      text:
        'Critical. 3 of 4 voters answer, leader etcd-7, alarms: NOSPACE on etcd-8. No further member may fail. ' +
        'An even number of voters tolerates no more failures than one less.',
    })
  })

  it('does not count a learner as a voter, and says when nobody leads', () => {
    const members = [
      aMember('7'),
      aMember('8', down),
      aMember('9', down),
      aMember('6', { is_learner: true, status: 'learner' }),
    ]
    const health = { state: 'critical' as const, reasons: [] }
    expect(verdictOf(aStatus({ members, health }), undefined, enCluster).text).toBe(
      'Critical. 1 of 3 voters answer, no leader, no alarms. No further member may fail.',
    )
  })

  it('says nothing of failures while no member is known', () => {
    const health = { state: 'unknown' as const, reasons: [] }
    expect(verdictOf(aStatus({ members: [], health }), undefined, enCluster).text).toBe(
      'Unknown. No member is known yet, no leader, no alarms.',
    )
  })
})

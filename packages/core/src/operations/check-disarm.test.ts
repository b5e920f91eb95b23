import { expect, it } from 'vitest'
import { checkDisarm } from './check-disarm.ts'
import { factsOf, type Said } from './cluster-facts.contract.ts'

const MIB = 1024 ** 2
const codes = (type: string, members: readonly Said[], isProven = false) => {
  const quotas = new Map(members.filter(({ id }) => id !== '9').map(({ id }) => [id, 1_000 * MIB]))
  const { blockers, warnings } = checkDisarm({ type }, factsOf(members, { quotas }), { isProven })
  return [
    blockers.map(({ code, memberId }) => `${code} ${memberId ?? ''}`),
    warnings.map(({ code, memberId }) => `${code} ${memberId ?? ''}`),
  ]
}

it('refuses NOSPACE while a file would raise it again, and warns when that is near', () => {
  const members = [
    { id: '1', sizeMib: 950 },
    { id: '2', sizeMib: 949 },
    { id: '3', sizeMib: 899 },
  ]
  expect(codes('NOSPACE', members)).toEqual([['quota_still_exceeded 1'], ['quota_still_exceeded 2']])
})

it('says which members could not be judged', () => {
  const members: Said[] = [
    { id: '1' },
    { id: '2', failure: 'refused' },
    { id: '9' },
    { id: '4', isLearner: true, sizeMib: 999 },
  ]
  expect(codes('NOSPACE', members)).toEqual([[], ['unchecked 2', 'unchecked 9']])
})

it('clears CORRUPT first, and only with proof', () => {
  const members = [
    {
      id: '1',
      alarms: [
        { memberId: '0', type: 'CORRUPT' },
        { memberId: '1', type: 'NOSPACE' },
      ],
    },
  ]
  expect(codes('NOSPACE', members)).toEqual([['corrupt_active '], []])
  expect(codes('CORRUPT', members)).toEqual([['corrupt_not_cleared '], []])
  expect(codes('CORRUPT', members, true)).toEqual([[], []])
})

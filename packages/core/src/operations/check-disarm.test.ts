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

it('says how much of which quota is used, what helps, and threatens with nothing that will not come', () => {
  const members = [
    { id: '1', sizeMib: 990, inUseMib: 980 },
    { id: '2', sizeMib: 990, inUseMib: 500 },
    { id: '3', sizeMib: 920, inUseMib: 500 },
  ]
  const quotas = new Map(members.map(({ id }) => [id, 1_000 * MIB]))
  const { blockers, warnings } = checkDisarm({ type: 'NOSPACE' }, factsOf(members, { quotas }), {
    isProven: false,
  })
  expect([...blockers, ...warnings].map(({ message }) => message)).toEqual([
    'm1 uses 99 % of its quota of 1000 MiB, 980 MiB by what is stored: delete keys or history first, then compact and defragment, or the alarm comes back with the next writes',
    'm2 uses 99 % of its quota of 1000 MiB, 500 MiB by what is stored: compact, then defragment it, or the alarm comes back with the next writes',
    'm3 uses 92 % of its quota of 1000 MiB: little room is left before the alarm comes back',
  ])
})

it('says which members could not be judged', () => {
  const members: Said[] = [
    { id: '1' },
    { id: '2', failure: 'refused' },
    { id: '9' },
    { id: '4', isLearner: true, sizeMib: 999 },
  ]
  expect(codes('NOSPACE', members)).toEqual([['quota_still_exceeded 4'], ['unchecked 2', 'unchecked 9']])
})

it('says of a learner what helps, which raises the alarm as a voter does', () => {
  const members = [{ id: '1' }, { id: '4', isLearner: true, sizeMib: 999 }]
  const quotas = new Map(members.map(({ id }) => [id, 1_000 * MIB]))
  const { blockers } = checkDisarm({ type: 'NOSPACE' }, factsOf(members, { quotas }), { isProven: false })
  expect(blockers.map(({ message }) => message)).toEqual([
    'm4 uses 99 % of its quota of 1000 MiB: etcd defragments no learner, so promote it, remove it, or restart it with a larger quota, or the alarm comes back with the next writes',
  ])
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

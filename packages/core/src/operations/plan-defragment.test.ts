import fc from 'fast-check'
import { expect, it } from 'vitest'
import { factsOf, type Said } from './cluster-facts.contract.ts'
import { type DefragmentFacts, type DefragmentRequest, planDefragment } from './plan-defragment.ts'

const MIB = 1024 ** 2
const rolling = (over: Partial<DefragmentRequest> = {}): DefragmentRequest => ({
  memberIds: ['1', '2', '3', '4', '10'],
  isRolling: true,
  minReclaimBytes: 0,
  ...over,
})
const facts = (members: readonly Said[], over: Partial<DefragmentFacts> = {}): DefragmentFacts => ({
  ...factsOf(members),
  speeds: new Map(),
  ...over,
})
const steps = (request: DefragmentRequest, given: DefragmentFacts) =>
  planDefragment(request, given).steps.map(({ action, member, isSkipped }) =>
    [action === 'move_leader' ? 'move' : '', member.id, isSkipped ? 'skipped' : ''].filter(Boolean).join(' '),
  )

it('goes by what is returned in strides of 64 MiB, then by number, the leader last', () => {
  const given = facts([
    { id: '1', sizeMib: 900, inUseMib: 10 },
    { id: '2', sizeMib: 60, inUseMib: 10 },
    { id: '3', sizeMib: 200, inUseMib: 10 },
    { id: '10', sizeMib: 210, inUseMib: 10 },
    { id: '4', sizeMib: 70, inUseMib: 10 },
  ])
  expect(steps(rolling(), given)).toEqual(['10', '3', '2', '4', '1'])
})

it('moves the leader first only where waiting in place costs more, or it is told to', () => {
  const quick = [{ id: '1', sizeMib: 600, inUseMib: 500 }, { id: '2' }]
  const slow = [{ id: '1', sizeMib: 600, inUseMib: 501 }, { id: '2' }]
  expect(steps(rolling(), facts(quick))).toEqual(['2', '1'])
  expect(steps(rolling(), facts(slow))).toEqual(['2', 'move 1', '1'])
  expect(steps(rolling({ movesLeader: true }), facts(quick))).toEqual(['2', 'move 1', '1'])
  expect(steps(rolling({ movesLeader: false }), facts(slow))).toEqual(['2', '1'])
  expect(steps(rolling(), facts(slow, { speeds: new Map([['1', 501 * MIB]]) }))).toEqual(['2', '1'])
  expect(steps(rolling({ movesLeader: true }), facts([{ id: '1' }]))).toEqual(['1'])
  expect(
    steps({ ...rolling({ movesLeader: true, memberIds: ['1'] }), isRolling: false }, facts(slow)),
  ).toEqual(['1'])
})

it('skips learners and who would return too little, and says why', () => {
  const given = facts([
    { id: '1', sizeMib: 50, inUseMib: 38 },
    { id: '2', sizeMib: 82, inUseMib: 50 },
    { id: '4', isLearner: true },
  ])
  const plan = planDefragment(rolling({ minReclaimBytes: 32 * MIB }), given)
  expect(plan.steps.map(({ member, isSkipped }) => [member.id, isSkipped])).toEqual([
    ['1', true],
    ['4', true],
    ['2', false],
  ])
  expect(plan.steps[0]?.note).toBe('m1 would return 12 MiB, less than 32 MiB.')
  expect(plan.steps[1]?.note).toBe('m4 is a learner')
})

it('says of a compact file that its history is what fills it', () => {
  const given = facts([{ id: '1' }, { id: '2', inUseMib: 100, revision: '5000' }], {
    compactedRevision: '3999',
  })
  const [step] = planDefragment({ ...rolling({ memberIds: ['2'] }), isRolling: false }, given).steps
  expect(step).toMatchObject({ advice: 'not_worth_it' })
  expect(step?.note).toContain('1001 revisions of history are not compacted: compact first')
})

it('touches each chosen voter once, the leader after every other', () => {
  const member = fc.record({
    sizeMib: fc.integer({ min: 1, max: 4_000 }),
    inUseMib: fc.integer({ min: 1, max: 4_000 }),
  })
  fc.assert(
    fc.property(
      fc.array(member, { minLength: 1, maxLength: 7 }),
      fc.option(fc.boolean(), { nil: undefined }),
      (sizes, moves) => {
        const members = sizes.map((one, i) => ({ ...one, id: String(i + 1) }))
        const memberIds = members.map(({ id }) => id)
        const request = {
          memberIds,
          isRolling: true,
          minReclaimBytes: 0,
          ...(moves !== undefined && { movesLeader: moves }),
        }
        const { steps: planned } = planDefragment(request, facts(members))
        const touched = planned
          .filter(({ action }) => action === 'defragment')
          .map(({ member: { id } }) => id)
        expect(touched.toSorted()).toEqual(memberIds.toSorted())
        expect(touched.at(-1)).toBe('1')
      },
    ),
  )
})

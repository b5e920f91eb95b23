import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Start, startCluster } from './rescue-course.contract.ts'
import { rescuePlan } from './rescue-plan.ts'

/** Of one rescue: a deletion of each key, its two compactions and a defragmentation, and rounds of waiting. */
const ROUNDS = 60

const few = (max: number) => fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(max))

const starts: fc.Arbitrary<Start> = fc.record({
  keys: fc.array(fc.record({ mib: fc.integer({ min: 1, max: 60 }), overwritten: fc.nat(3) }), {
    minLength: 1,
    maxLength: 6,
  }),
  members: fc
    .array(
      fc.record({
        quotaShare: fc.double({ min: 0.3, max: 1.3, noNaN: true }),
        isLearner: fc.boolean(),
        down: few(4),
        stalled: few(6),
        unsampled: few(6),
      }),
      { minLength: 1, maxLength: 5 },
    )
    // somebody leads, and is asked
    .map(([first, ...others]) => [
      { ...(first as NonNullable<typeof first>), isLearner: false, down: 0, stalled: 0 },
      ...others,
    ]),
  hasLeft: fc.boolean(),
  mayDelete: fc.boolean(),
})

/** What was done until writes went on for good, or until the rounds were over. */
function follow(start: Start): { readonly isOver: boolean; readonly course: readonly string[] } {
  const cluster = startCluster(start)
  const course: string[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    cluster.pass()
    const steps = rescuePlan(cluster.facts())
    const isDisarmed = steps.every(({ action, state }) => action !== 'disarm' || state === 'done')
    if (isDisarmed && cluster.isSettled()) return { isOver: true, course }
    if (isDisarmed) continue
    const done = steps.find((step) => step.state === 'todo' && cluster.carryOut(step))
    course.push(done ? `${done.action}: ${done.message}` : 'wait')
  }
  return { isOver: false, course }
}

it('OP28 leads whoever does what it says to a cluster that is written again, and in no circles', () => {
  fc.assert(
    fc.property(starts, (start) => {
      const { isOver, course } = follow(start)
      expect(isOver, course.join('\n')).toBe(true)
    }),
    { numRuns: 150 },
  )
})

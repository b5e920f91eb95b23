import type { MemberView } from '@etcdmonitor/core/etcd/cluster-view'
import { expect, it } from 'vitest'
import { stepsAfterGate, stepsWithin } from './rolling-steps.ts'

const member = (id: number): MemberView => ({
  ...{ id: String(id), name: `m${id}`, peerUrls: [], clientUrls: [], isLearner: false },
  ...{ endpoint: '', configuredIndex: -1 },
})
const namesOf = (steps: readonly { readonly name: string }[]) => steps.map(({ name }) => name)

it('plans a gate before each member, a pause behind each but the last, and the transfer before the leader', () => {
  const steps = stepsAfterGate([member(2), member(1)], { movedId: '1' })
  expect(namesOf(steps)).toEqual([
    ...['defragment', 'settle', 'gate', 'move_leader', 'settle', 'gate', 'defragment', 'verify'],
  ])
})

it('leaves the transfer out where there is no room for it', () => {
  const members = [member(2), member(1)]
  expect(stepsWithin(8, members, '1')).toMatchObject({ movedId: '1', steps: { length: 8 } })
  const { steps, movedId } = stepsWithin(7, members, '1')
  expect(movedId).toBeUndefined()
  expect(namesOf(steps)).toEqual(['defragment', 'settle', 'gate', 'defragment', 'verify'])
})

it('has room for 64 voters and two transfers in 200 steps, not for a third', () => {
  const members = Array.from({ length: 64 }, (_, index) => member(64 - index))
  const whole = 2 + stepsAfterGate(members, { movedId: '1' }).length // with preflight and the first gate
  expect(whole).toBe(196)
  // before the third: preflight, 64 gates, 63 members with their pauses, and two transfers of three steps
  const passed = 1 + 64 + 2 * 63 + 2 * 3
  expect(stepsWithin(200 - passed, [member(1)], '1').movedId).toBeUndefined()
  expect(stepsWithin(200 - (passed - 3), [member(1)], '1').movedId).toBe('1')
})

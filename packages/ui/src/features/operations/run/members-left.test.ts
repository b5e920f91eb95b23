import { expect, it } from 'vitest'
import { aRun, aStep } from '../../../../test/a-run.ts'
import { membersLeft } from './members-left.ts'

const ids = ['8', '9', '7']
const row = (member_id: string, state: string) => ({ member_id, state })

it('are those that the result of a run tells as not done', () => {
  const result = { members: [row('8', 'succeeded'), row('9', 'failed'), row('7', 'not_started')] }
  expect(membersLeft(aRun({ state: 'failed', member_ids: ids, result }))).toEqual(['9', '7'])
  expect(membersLeft(aRun({ state: 'succeeded', member_ids: ids, result }))).toEqual([])
})

it('do not count as left when they were skipped', () => {
  const result = { members: [row('8', 'skipped'), row('9', 'unknown'), row('7', 'not_started')] }
  expect(membersLeft(aRun({ state: 'cancelled', member_ids: ids, result }))).toEqual(['9', '7'])
})

it('are read from the steps of a run whose process is gone', () => {
  const steps = [
    aStep({ member_id: '8', name: 'gate' }),
    aStep({ member_id: '8' }),
    aStep({ member_id: '9', name: 'gate' }),
    aStep({ member_id: '9', state: 'unknown' }),
  ]
  expect(membersLeft(aRun({ state: 'interrupted', member_ids: ids, steps }))).toEqual(['9', '7'])
})

it('are none of another operation, and none while it runs', () => {
  expect(membersLeft(aRun({ state: 'failed', operation: 'compact', member_ids: [] }))).toEqual([])
  expect(membersLeft(aRun({ state: 'running', member_ids: ids, steps: [] }))).toEqual([])
})

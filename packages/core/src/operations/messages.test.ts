import { expect, it } from 'vitest'
import { sayOperation } from './messages.ts'

it('fills each hole, also one that is named twice', () => {
  expect(sayOperation('leader_moving', { leader: 'a', target: 'b' })).toBe(
    'Leadership moves from a to b before a is defragmented.',
  )
})

it('keeps hostile names on one line, and bounded', () => {
  const text = sayOperation('leader_not_moved', { leader: `x\n\u202Ey{target}${'z'.repeat(900)}` })
  expect(text).toMatch(/^x {2}y\{target\}z+ is still the leader\.$/)
  expect(text.length).toBeLessThan(240)
})

import { expect, it } from 'vitest'
import { type ShownCheck, withoutRepeats } from './without-repeats.ts'

const silent: ShownCheck = {
  code: 'member_unreachable',
  message: 'gamma does not answer (tcp: refused)',
  member_id: '3',
}
const unwell: ShownCheck = { code: 'voter_unhealthy', message: 'gamma does not answer', member_id: '3' }

it('leaves out what another check says of the same member with its reason', () => {
  expect(withoutRepeats([silent, unwell])).toEqual([silent])
  expect(withoutRepeats([unwell, silent])).toEqual([silent])
})

it('keeps what is said of another member, or otherwise', () => {
  const other = { ...unwell, member_id: '4' }
  const behind = { ...unwell, message: 'gamma is 5000 entries behind' }
  expect(withoutRepeats([silent, other, behind])).toEqual([silent, other, behind])
  expect(withoutRepeats([unwell])).toEqual([unwell])
})

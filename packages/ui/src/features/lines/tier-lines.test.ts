import { expect, it } from 'vitest'
import { tierColour, tierLines } from './tier-lines.ts'

it.each([
  [0, 'ok'],
  [0.1, 'notice'],
  [5, 'warn'],
  [5.1, 'crit'],
  [null, 'gray'],
])('colours %s failed proposals a second: %s', (value, colour) => {
  expect(tierColour('etcd_server_proposals_failed_rate', value, undefined)).toBe(colour)
})

it('has a line for each tier that there is', () => {
  expect(tierLines('etcd_mvcc_put_total_rate', 'per_second', (tier) => tier)).toEqual([])
  expect(
    tierLines('etcd_server_proposals_failed_rate', 'per_second', (tier) => tier).map(({ value }) => value),
  ).toEqual([1, 5])
  expect(tierLines('etcd_server_proposals_pending', 'count', (tier) => tier)).toEqual([
    { value: 5, colour: 'notice', label: 'notice 5', axis: 'left' },
    { value: 100, colour: 'warn', label: 'warning 100', axis: 'left' },
  ])
})

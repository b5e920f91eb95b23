import { expect, it } from 'vitest'
import { tierLines, tierOf } from './tier-of.ts'

it.each([
  ['etcd_server_proposals_failed_rate', 0, 'ok'],
  ['etcd_server_proposals_failed_rate', 0.1, 'notice'],
  ['etcd_server_proposals_failed_rate', 5, 'warn'],
  ['etcd_server_proposals_failed_rate', 5.1, 'crit'],
  ['etcd_server_proposals_pending', 1e6, 'warn'],
  ['collector_up', 0, 'warn'],
  ['collector_up', 1, 'ok'],
  ['etcd_mvcc_put_total_rate', 1e9, undefined],
  ['etcd_server_proposals_failed_rate', null, undefined],
  ['no_such_metric', 1, undefined],
])('puts %s at %s into the tier %s', (metric, value, tier) => {
  expect(tierOf(metric, value)).toBe(tier)
})

it('has no line for a metric without thresholds', () => {
  expect(tierLines('etcd_mvcc_put_total_rate', (tier) => tier)).toEqual([])
  expect(tierLines('etcd_server_proposals_pending', (tier) => tier).map(({ label }) => label)).toEqual([
    'notice 5',
    'warning 100',
  ])
})

import { expect, it } from 'vitest'
import data from './fixtures/metrics-data.json' with { type: 'json' }
import { judgeValue, THRESHOLDS } from './thresholds.ts'

it('has the thresholds of the specification that are numbers', () => {
  const wanted = data.thresholds.flatMap(({ metric, scope, op, notice, warning, critical }) => {
    const [low, middle, high] = [notice, warning, critical].map((tier) => tier?.value ?? null)
    const isNumber = [low, middle, high].every((value) => typeof value !== 'string')
    return isNumber ? [{ metric, scope, op, notice: low, warning: middle, critical: high }] : []
  })
  expect(THRESHOLDS).toEqual(wanted)
})

it.each([
  ['etcd_disk_wal_fsync_duration_seconds_p99', 0.01, 'ok'],
  ['etcd_disk_wal_fsync_duration_seconds_p99', 0.0101, 'notice'],
  ['etcd_disk_wal_fsync_duration_seconds_p99', 0.051, 'warning'],
  ['etcd_disk_wal_fsync_duration_seconds_p99', 0.6, 'critical'],
  ['etcd_mvcc_db_hours_to_quota', 72, 'ok'],
  ['etcd_mvcc_db_hours_to_quota', 3, 'critical'],
  ['process_restarts', 1, 'notice'],
  ['process_restarts', 3, 'warning'],
  ['process_restarts', 100, 'warning'],
  ['etcd_server_has_leader', 0, 'critical'],
  ['etcd_server_has_leader', 1, 'ok'],
  ['etcd_alarm_nospace', 1, 'critical'],
  ['go_goroutines', 1e9, undefined],
  ['scrape_duration_seconds', 1e9, undefined],
  ['process_fd_usage_ratio', null, undefined],
])('judges %s of %s: %s', (metric, value, tier) => {
  expect(judgeValue(metric, value)).toBe(tier)
})

it('says nothing of a quantile that rests on fewer than 20 observations', () => {
  expect(judgeValue('etcd_disk_wal_fsync_duration_seconds_p99', 9, 19)).toBeUndefined()
  expect(judgeValue('etcd_disk_wal_fsync_duration_seconds_p99', 9, 20)).toBe('critical')
})

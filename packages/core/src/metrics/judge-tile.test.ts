import { describe, expect, it } from 'vitest'
import { judgeTile, type MemberReading, versionSpan } from './judge-tile.ts'
import { BANNER, CARDS, type Tile } from './tiles.ts'

const tile = (id: string): Tile =>
  [...BANNER, ...CARDS].find((one) => one.id === id) ?? expect.unreachable(`no tile ${id}`)
const reading = (
  id: string,
  metrics: Record<string, number>,
  more: Partial<MemberReading> = {},
): MemberReading => ({
  id,
  isLeader: false,
  isStale: false,
  metrics,
  observations: {},
  ...more,
})
const WAL = 'etcd_disk_wal_fsync_duration_seconds_p99'
const wal = (id: string, value: number, more: Partial<MemberReading> = {}) =>
  reading(id, { [WAL]: value }, more)

describe('of several members', () => {
  it('the largest value counts, and whose it is', () => {
    expect(judgeTile(tile('cardWAL'), [wal('7', 0.015625), wal('8', 0.0625), wal('9', 0.03125)])).toEqual({
      value: 0.0625,
      member: '8',
      tier: 'warning',
      isStale: false,
      spread: 0.046875,
    })
  })

  it("keys are the leader's", () => {
    const keys = (value: number) => ({ etcd_mvcc_keys_total: value })
    const readings = [reading('7', keys(9)), reading('8', keys(5), { isLeader: true })]
    expect(judgeTile(tile('bannerKV'), readings)).toMatchObject({ value: 5, member: '8' })
    expect(judgeTile(tile('bannerKV'), readings.slice(0, 1))).toMatchObject({ value: 9, member: '7' })
  })

  it('one without a leader is one too many', () => {
    const leads = (value: number) => ({ etcd_server_has_leader: value })
    const both = [reading('7', leads(1)), reading('8', leads(0))]
    expect(judgeTile(tile('cardLeader'), both)).toMatchObject({ value: 0, member: '8', tier: 'critical' })
  })

  it('old values count only where there is no new one', () => {
    const old = wal('7', 9, { isStale: true })
    expect(judgeTile(tile('cardWAL'), [old, wal('8', 0.001)])).toMatchObject({ member: '8', isStale: false })
    expect(judgeTile(tile('cardWAL'), [old])).toMatchObject({ value: 9, isStale: true, tier: 'critical' })
  })
})

it('judges a size by the share of the quota', () => {
  const size = (share: number) =>
    reading('7', { etcd_mvcc_db_total_size_in_bytes: 1, etcd_mvcc_db_quota_usage_ratio: share })
  expect(judgeTile(tile('bannerDBSize'), [size(0.5)]).tier).toBe('ok')
  expect(judgeTile(tile('bannerDBSize'), [size(0.91)]).tier).toBe('critical')
})

it('gives a quantile of few observations no colour, and a value that is not there none either', () => {
  expect(judgeTile(tile('cardWAL'), [wal('7', 9, { observations: { [WAL]: 19 } })]).tier).toBeUndefined()
  expect(judgeTile(tile('cardWAL'), [reading('7', {})])).toEqual({
    value: undefined,
    member: undefined,
    tier: undefined,
    isStale: false,
    spread: 0,
  })
  expect(judgeTile(tile('bannerVersion'), [wal('7', 1)]).value).toBeUndefined()
})

it.each([
  [
    ['3.5.9', '3.5.21', ''],
    ['3.5.9', '3.5.21'],
  ],
  [['3.6.16'], ['3.6.16', '3.6.16']],
  [[''], undefined],
])('spans versions %s by their numbers: %s', (versions, span) => {
  expect(versionSpan(versions)).toEqual(span)
})

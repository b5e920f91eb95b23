import { batchOf, CLUSTER, fsync, LARGEST_ID, scalar } from '@etcdmonitor/core/contracts/metrics-samples'
import type { MemberTick } from '@etcdmonitor/core/metrics/sample'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { finiteTick } from './finite-tick.ts'
import { decodeText } from './influx-schema.ts'
import { encodeInfo, encodeMark, encodeTick, splitFields, withMark } from './line-protocol.ts'

const AT = 1_790_035_200_000
const place = { clusterId: CLUSTER, memberId: LARGEST_ID, at: AT }
const head = `prometheus,cluster_id=${CLUSTER},member_id=${LARGEST_ID}`
const tick = (parts: Partial<MemberTick>): MemberTick => ({
  memberId: LARGEST_ID,
  scalars: [],
  histograms: [],
  ...parts,
})

it('writes one line for each label set and bound, buckets cumulative', () => {
  const scalars = [
    scalar('collector_up', 1),
    scalar('status_up', 1),
    scalar('has_leader', 1),
    scalar('grpc_handled', 4, { method: 'Put', class: 'ok' }),
  ]
  const histograms = [{ ...fsync([0.5, 2], [3, 1, 2], 9.5) }]
  expect(encodeTick(place, tick({ scalars, histograms }), false)).toEqual([
    `${head} etcdmonitor_mark=0,etcdmonitor_page_at=${AT},etcdmonitor_status_at=${AT},collector_up=1,status_up=1,etcd_server_has_leader=1,etcd_disk_wal_fsync_duration_seconds_sum=9.5,etcd_disk_wal_fsync_duration_seconds_count=6 ${AT}`,
    `${head},method=Put,class=ok grpc_server_handled_total=4 ${AT}`,
    `${head},le=0.5 etcd_disk_wal_fsync_duration_seconds_bucket=3 ${AT}`,
    `${head},le=2 etcd_disk_wal_fsync_duration_seconds_bucket=4 ${AT}`,
    `${head},le=+Inf etcd_disk_wal_fsync_duration_seconds_bucket=6 ${AT}`,
  ])
})

it('says that there was a tick when it holds nothing', () => {
  expect(encodeTick(place, tick({}), true)).toEqual([`${head} etcdmonitor_mark=1 ${AT}`])
  expect(encodeMark(place)).toBe(`${head} etcdmonitor_mark=1 ${AT}`)
  expect(encodeTick(place, tick({}), false).map(withMark)).toEqual([`${head} etcdmonitor_mark=1 ${AT}`])
})

it('keeps every bit of a number', () => {
  const numbers = fc.double({ noNaN: true, noDefaultInfinity: true })
  fc.assert(
    fc.property(numbers, (value) => {
      const [line = ''] = encodeTick(place, tick({ scalars: [scalar('raft_term', value)] }), false)
      expect(Number(/raft_term=(\S+) /.exec(line)?.[1])).toBe(value === 0 ? 0 : value)
    }),
  )
})

it('gives texts back that were written as tags and as fields', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (text) => {
      const [, line = ''] = encodeTick(
        place,
        tick({ scalars: [scalar('grpc_started', 1, { method: text })] }),
        false,
      )
      const parts = line.split(/[ ,]/)
      expect(parts).toHaveLength(6)
      expect(decodeText(parts[3]?.slice('method='.length) ?? '')).toBe(text)
      const none = { name: '', serverVersion: '', clusterVersion: '', goVersion: '', scrapeError: '' }
      const info = encodeInfo(place, { ...none, memberId: LARGEST_ID, name: text })
      expect(decodeText(/ name="([^"]*)",server_version="",.*data_reset="" \d+$/.exec(info)?.[1] ?? '')).toBe(
        text,
      )
    }),
  )
})

it('takes a line apart into its fields', () => {
  const { scalars } = tick({ scalars: [scalar('raft_term', 1), scalar('raft_index', 2)] })
  const [line = ''] = encodeTick(place, tick({ scalars }), false)
  expect(splitFields(line)).toEqual([
    `${head} etcdmonitor_mark=0 ${AT}`,
    `${head} etcdmonitor_status_at=${AT} ${AT}`,
    `${head} raft_term=1 ${AT}`,
    `${head} raft_index=2 ${AT}`,
  ])
})

it('leaves out what is no number, a histogram as a whole', () => {
  const scalars = [scalar('put', Number.NaN), scalar('txn', 1)]
  const histograms = [fsync([1], [2, Number.POSITIVE_INFINITY], 3), fsync([1], [2, 3], 4)]
  const [given] = batchOf(AT, tick({ scalars, histograms })).members
  expect(finiteTick(given ?? tick({}))).toEqual({
    tick: tick({ scalars: [scalar('txn', 1)], histograms: [fsync([1], [2, 3], 4)] }),
    notFinite: 2,
  })
  expect(() => encodeTick(place, tick({ scalars }), false)).toThrow('NaN')
})

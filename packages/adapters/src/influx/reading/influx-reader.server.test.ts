import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import {
  batchOf,
  CLUSTER,
  M1,
  MINUTE,
  START,
  scalar,
  tickOf,
} from '@etcdmonitor/core/contracts/metrics-samples'
import type { TickBatch } from '@etcdmonitor/core/metrics/sample'
import { type Influxdb, startInfluxdb } from '@etcdmonitor/rig/influxdb'
import { needServer } from '@etcdmonitor/rig/need-server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { encodeInfo, encodeTick } from '../line-protocol.ts'
import { type LineBucket, openLineBucket } from './line-bucket.contract.ts'

const linesOf = ({ clusterId, at, members }: TickBatch) =>
  members.flatMap((tick) => encodeTick({ clusterId, memberId: tick.memberId, at }, tick, false))
const QUERY = { members: [M1], sources: ['put'], from: START, to: START + 10 * MINUTE, step: MINUTE } as const
const unavailable = { code: 'storage_unavailable' }

needServer('influxd', () => {
  describe('the reading half over InfluxDB', () => {
    let server: Influxdb
    let bucket: LineBucket
    beforeEach(async () => {
      server = await startInfluxdb()
      bucket = await openLineBucket(server)
      const ticks = Array.from({ length: 10 }, (_, i) =>
        batchOf(START + i * MINUTE, tickOf(M1, [scalar('put', 5 * i)])),
      )
      await bucket.send(ticks.flatMap(linesOf))
    })
    afterEach(() => server[Symbol.asyncDispose]())

    it('IX-5 F37 fails in time while the server is away or hangs, and reads again by itself', async () => {
      const clock = manualClock(START)
      await using reader = bucket.openReader({ now: START, clock })
      const increase = async () => {
        const [one] = (await reader.slots(QUERY)).members[0]?.series ?? []
        return one?.kind === 'counter' ? [...one.increase] : undefined
      }
      const whole = [Number.NaN, 5, 5, 5, 5, 5, 5, 5, 5, 5]
      expect(await increase()).toEqual(whole)

      await server.kill()
      for (let i = 0; i < 6; i++) await expect(increase()).rejects.toMatchObject(unavailable)
      expect(reader.health()).toEqual({ state: 'unavailable', reason: 'unreachable' })
      await server.restart()
      await expect(increase()).rejects.toMatchObject(unavailable) // it pauses
      await clock.advance(10_000)
      expect(await increase()).toEqual(whole)
      expect(reader.health()).toEqual({ state: 'ok', reason: '' })

      server.hang()
      const hanging = Promise.allSettled([reader.slots(QUERY), reader.ticks(QUERY), reader.members()])
      await clock.advance(10_000)
      expect(await hanging).toMatchObject(
        Array.from({ length: 3 }, () => ({ status: 'rejected', reason: unavailable })),
      )
      server.resume()
      expect(await increase()).toEqual(whole)
    })

    it('takes what members and clients named for nothing but data', async () => {
      const planted = [
        '") |> drop(columns: ["_value"]) |> yield(name: "newest',
        'a\nb\r\nc,=d e"f\'g\\',
        '))$/ or r._field =~ /.*',
        '{{x}} $(y) \u0000 \u{1f980}',
      ]
      const peers = planted.map((method, i) => scalar('grpc_started', i + 1, { method }))
      await bucket.send(linesOf(batchOf(START + 10 * MINUTE, tickOf(M1, peers))))
      const info = {
        memberId: M1.memberId,
        name: planted.join(''),
        serverVersion: planted[0] ?? '',
        clusterVersion: '',
        goVersion: '',
        scrapeError: planted[1] ?? '',
      }
      await bucket.send([encodeInfo({ clusterId: CLUSTER, memberId: M1.memberId, at: START }, info)])
      await using reader = bucket.openReader({ now: START + 10 * MINUTE })
      for (const step of [MINUTE, 11 * MINUTE]) {
        const window = {
          members: [M1],
          sources: ['grpc_started'] as const,
          from: START,
          to: START + 11 * MINUTE,
          step,
        }
        const { members } = await reader.slots(step === MINUTE ? window : { ...window, from: START })
        const found = members[0]?.series.map((one) => [
          one.labels.method,
          one.kind === 'counter' && one.last.at(-1),
        ])
        expect(found?.sort()).toEqual(planted.map((method, i) => [method, i + 1]).sort())
      }
      expect((await reader.members())[0]?.info).toEqual(info)
    })

    it('shows nothing of another cluster in the bucket where one is named', async () => {
      const other = { clusterId: '4711', memberId: M1.memberId }
      const at = START - 60 * MINUTE
      const place = { ...other, at }
      const info = {
        memberId: M1.memberId,
        serverVersion: '',
        clusterVersion: '',
        goVersion: '',
        scrapeError: '',
      }
      await bucket.send([
        ...encodeTick(place, tickOf(other, [scalar('put', 99)]), false),
        encodeInfo(place, { ...info, name: 'theirs' }),
        encodeInfo({ clusterId: CLUSTER, memberId: M1.memberId, at }, { ...info, name: 'ours' }),
      ])
      await using reader = bucket.openReader({ now: START + 10 * MINUTE })
      const named = { clusterId: CLUSTER }
      expect((await reader.members()).map(({ member }) => member.clusterId).sort()).toEqual(
        ['4711', CLUSTER].sort(),
      )
      expect(await reader.horizon()).toEqual({ ticks: at, rollups: at })
      expect(await reader.members(named)).toMatchObject([
        { member: M1, info: { name: 'ours' }, firstAt: START },
      ])
      expect(await reader.horizon(named)).toEqual({ ticks: START, rollups: START })
      expect(await reader.members({ clusterId: '4711' })).toMatchObject([
        { member: other, info: { name: 'theirs' }, firstAt: at, newestAt: at },
      ])
      expect(await reader.members({ clusterId: '5' })).toEqual([])
      expect(await reader.horizon({ clusterId: '5' })).toBeUndefined()
      const increases = async () =>
        (await reader.slots(QUERY)).members.flatMap(({ series }) =>
          series.map((one) => one.kind === 'counter' && [...one.increase]),
        )
      expect(await increases()).toEqual([[Number.NaN, 5, 5, 5, 5, 5, 5, 5, 5, 5]])
    })

    it('refuses ids that are none before it asks', async () => {
      await using reader = bucket.openReader({ now: START })
      const member = { clusterId: CLUSTER, memberId: '1" or true or "' }
      await expect(reader.slots({ ...QUERY, members: [member] })).rejects.toThrow(/no part of a query/)
    })

    it('tells what its bucket lacks, and from when on it answers exactly', async () => {
      const missing = bucket.openReader({ now: START, access: { ...bucket.access, bucket: 'none' } })
      await using _held = missing
      await expect(missing.slots(QUERY)).rejects.toMatchObject(unavailable)
      expect(missing.health()).toEqual({ state: 'unavailable', reason: 'bucket_missing' })
      await using reader = bucket.openReader({ now: START + MINUTE })
      expect(await reader.horizon()).toEqual({ ticks: START, rollups: START })
    })
  })
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openInfluxReader } from '@etcdmonitor/adapters/influx/reading/influx-reader'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { createLog } from '@etcdmonitor/adapters/node/log'
import type { MemberRef, MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import { toSecret } from '@etcdmonitor/core/secret'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { httpCall } from '@etcdmonitor/rig/http-call'
import { makeBucket, startInfluxdb } from '@etcdmonitor/rig/influxdb'
import { needServer } from '@etcdmonitor/rig/need-server'
import { type Program, startProgram } from '@etcdmonitor/rig/processes'
import { expect, it } from 'vitest'
import { eventually } from '../setup/eventually.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const LASTS = process.env.TEST_SUITE === 'full' ? 2 * MINUTE : 20 * SECOND
const PATIENCE = 90 * SECOND

needServer('etcd', () => {
  needServer('influxd', () => {
    it(`stores no wrong value while two collectors write to one bucket for ${LASTS / SECOND} s, one of which is killed and starts again`, {
      timeout: LASTS + 180 * SECOND,
    }, async () => {
      await using cluster = await startEtcdCluster({ members: 1 })
      await using influxdb = await startInfluxdb()
      const bucket = await makeBucket(influxdb)
      const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-pair-'))
      await using cleanup = new AsyncDisposableStack()
      cleanup.defer(() => rmSync(folder, { recursive: true, force: true }))
      const place = { url: influxdb.url, org: influxdb.org, bucket: bucket.name }
      const start = (name: string) =>
        startProgram({
          args: ['packages/collector/src/main.ts'],
          env: {
            ETCDMONITOR_ETCD_ENDPOINT: cluster.endpoints.join(','),
            ETCDMONITOR_COLLECTOR_INTERVAL: '1',
            ETCDMONITOR_STORAGE_DATA_DIR: join(folder, name),
            ETCDMONITOR_STORAGE_METRICS_DRIVER: 'influxdb',
            ETCDMONITOR_STORAGE_METRICS_URL: place.url,
            ETCDMONITOR_STORAGE_METRICS_ORG: place.org,
            ETCDMONITOR_STORAGE_METRICS_BUCKET: place.bucket,
            ETCDMONITOR_STORAGE_METRICS_TOKEN: bucket.writeToken,
            ETCDMONITOR_LOG_LEVEL: 'debug',
          },
        })
      const acknowledged = new Set<number>()
      const take = (program: Program) => {
        for (const line of program.logs().split('\n'))
          if (line.includes('"scrape_committed"') && line.endsWith('}'))
            acknowledged.add((JSON.parse(line) as { readonly at: number }).at)
      }

      const first = await start('first')
      let second = await start('second')
      const begun = performance.now()
      let puts = 0
      let isKilled = false
      while (performance.now() - begun < LASTS) {
        const key = Buffer.from(`key ${puts % 10}`).toString('base64')
        await httpCall({ url: `${cluster.endpoints[0]}/v3/kv/put`, json: { key, value: key } })
        puts++
        if (isKilled || performance.now() - begun < LASTS / 2) continue
        isKilled = true
        await second.kill()
        take(second)
        second = await start('second')
      }
      const ticksOf = (program: Program) => program.logs().split('"scrape_committed"').length
      for (const program of [first, second]) {
        const before = ticksOf(program)
        await eventually('ticks after the last put', () => ticksOf(program) > before + 2)
        take(program)
      }

      const open = (sampledTicks: number) =>
        openInfluxReader({
          access: { ...place, readToken: () => toSecret(bucket.readToken) },
          ...{
            clock: systemClock,
            log: createLog('error'),
            intervalMs: SECOND,
            retentionDays: 7,
            sampledTicks,
          },
        })
      await using samples = open(Number.POSITIVE_INFINITY)
      await using aggregates = open(0)
      const [{ member } = { member: undefined }] = await samples.members()
      if (!member) throw new Error('no member is stored')
      const stored = await putSamples(samples, member, acknowledged)
      expect(acknowledged.size).toBeGreaterThan(LASTS / SECOND)
      const values = [...stored.values()].filter((value) => !Number.isNaN(value)) // a busy machine fails a scrape
      expect(values, 'a counter never falls').toEqual(values.toSorted((a, b) => a - b))
      expect(values.at(-1)).toBe(puts)

      const grown = puts - (values[0] ?? 0)
      for (const reader of [samples, aggregates])
        for (const step of [SECOND, 10 * SECOND])
          expect(await increase(reader, member, stored, step)).toBe(grown)
      for (const program of [first, second]) expect((await program.stop()).code).toBe(0)
    })
  })
})

/** By the instant of the tick, once all that were acknowledged are there. */
async function putSamples(
  reader: MetricsReader,
  member: MemberRef,
  acknowledged: ReadonlySet<number>,
): Promise<ReadonlyMap<number, number>> {
  const window = { from: Math.min(...acknowledged), to: Math.max(...acknowledged) + 1 }
  return eventually(
    'all that was acknowledged',
    async () => {
      const [ticks] = await reader.ticks({ members: [member], sources: ['put'], ...window })
      const [one] = ticks?.series ?? []
      if (!ticks || one?.kind !== 'counter') return false
      const found = new Map([...ticks.times].map((at, i) => [at, one.values[i] ?? Number.NaN])) // in order
      return [...acknowledged].every((at) => found.has(at)) && found
    },
    PATIENCE,
  )
}

async function increase(
  reader: MetricsReader,
  member: MemberRef,
  stored: ReadonlyMap<number, number>,
  step: number,
): Promise<number> {
  const from = Math.floor(Math.min(...stored.keys()) / step) * step
  const to = Math.ceil((Math.max(...stored.keys()) + 1) / step) * step
  const { members } = await reader.slots({ members: [member], sources: ['put'], from, to, step })
  const [one] = members[0]?.series ?? []
  if (one?.kind !== 'counter') throw new Error('no counter')
  return [...one.increase].filter((value) => !Number.isNaN(value)).reduce((sum, value) => sum + value, 0)
}

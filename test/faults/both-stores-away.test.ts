import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { makeBucket, startInfluxdb } from '@etcdmonitor/rig/influxdb'
import { needServer } from '@etcdmonitor/rig/need-server'
import { startPostgres } from '@etcdmonitor/rig/postgres'
import { expect, it } from 'vitest'
import { NEW_PASSWORD, startConsole } from '../setup/console/console.ts'
import { FIRST_PASSWORD, openSharedState } from '../setup/console/shared-state.ts'
import { eventually, lastInVain } from '../setup/eventually.ts'

const METRIC = 'collector_up' // stored at every tick
/** The longest back-off of the collector, and the pause of a reader. */
const PATIENCE = 90_000

needServer('etcd', () => {
  needServer('influxd', () => {
    needServer('postgres', () => {
      it('F39 goes on scraping while InfluxDB and PostgreSQL are both gone, claims nothing, and works by itself when they are back', {
        timeout: 300_000,
      }, async () => {
        await using cluster = await startEtcdCluster({ members: 1 })
        await using influxdb = await startInfluxdb()
        await using postgres = await startPostgres()
        const bucket = await makeBucket(influxdb)
        using shared = openSharedState()
        await using console = await startConsole({
          endpoints: cluster.endpoints,
          env: {
            ETCDMONITOR_STORAGE_METRICS_DRIVER: 'influxdb',
            ETCDMONITOR_STORAGE_METRICS_URL: influxdb.url,
            ETCDMONITOR_STORAGE_METRICS_ORG: influxdb.org,
            ETCDMONITOR_STORAGE_METRICS_BUCKET: bucket.name,
            ETCDMONITOR_STORAGE_METRICS_TOKEN: bucket.writeToken,
            ...shared.onPostgres(postgres.url),
          },
        })
        const isReady = async () => (await console.get('/readyz')).status === 200
        await eventually('ready', isReady)
        const change = { username: 'admin', old_password: FIRST_PASSWORD, new_password: NEW_PASSWORD }
        expect((await console.post('/api/auth/change-password', change)).status).toBe(200)
        await console.signIn()
        const ticks = () =>
          console.program
            .logs()
            .split('\n')
            .filter((line) => line.includes('"scrape_committed"'))
            .map((line) => (JSON.parse(line) as { readonly at: number }).at / 1_000)
        const history = async () => {
          const { status, body } = await console.get(`/api/range?metrics=${METRIC}&range=30m&step=1`)
          if (status !== 200) return undefined
          const { [METRIC]: points = [] } = body.metrics as Record<string, readonly { readonly ts: number }[]>
          return new Set(points.map(({ ts }) => ts))
        }
        await eventually('history', async () => ((await history())?.size ?? 0) > 2)

        await Promise.all([influxdb.kill(), postgres.kill()])
        const before = ticks().length
        await eventually('ticks are stored', () => ticks().length > before + 9)
        expect(
          await console.post('/api/auth/login', { username: 'admin', password: NEW_PASSWORD }),
        ).toMatchObject({
          status: 503,
          body: { code: 'auth_store_unavailable' },
        })
        for (const path of [`/api/range?metrics=${METRIC}`, '/api/status', '/api/kv/v3/keys'])
          await eventually(`${path} is refused`, async () => (await console.get(path)).status === 503)
        expect((await console.get('/healthz')).status).toBe(200)
        await eventually('readiness says both', async () => {
          const { status, body } = await console.get('/readyz')
          return status === 503 && JSON.stringify(body.checks)
        })
        expect((await console.get('/readyz')).body.checks).toMatchObject({ state_store: 'unavailable' })

        await Promise.all([influxdb.restart(), postgres.restart()])
        expect(await lastInVain('ready again', isReady)).toBeLessThan(5_000)
        await console.signIn()
        const stored = ticks()
        await eventually(
          'every tick is there',
          async () => {
            const found = await history()
            return found !== undefined && stored.every((at) => found.has(at))
          },
          PATIENCE,
        )
        expect(console.program.logs()).not.toMatch(
          /"event":"(tick_failed|send_failed|process_ended|uncaught_error)"/,
        )
      })
    })
  })
})

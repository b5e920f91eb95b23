import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { type Influxdb, makeBucket, startInfluxdb } from '@etcdmonitor/rig/influxdb'
import { needServer } from '@etcdmonitor/rig/need-server'
import { expect, it } from 'vitest'
import { type Console, startConsole } from '../setup/console/console.ts'
import { eventually } from '../setup/eventually.ts'

const METRIC = 'collector_up' // stored at every tick
/** The longest back-off of the collector, and the pause of a reader. */
const PATIENCE = 90_000

needServer('etcd', () => {
  needServer('influxd', () => {
    it('F31 F37 starts and stays up while InfluxDB is away, and has what was scraped meanwhile once it is back', {
      timeout: 300_000,
    }, async () => {
      await using cluster = await startEtcdCluster({ members: 3 })
      await using server = await startInfluxdb()
      const bucket = await makeBucket(server)
      await server.kill()
      await using console = await startConsole({
        endpoints: cluster.endpoints,
        env: environment(server, bucket.name, bucket.writeToken),
      })
      await console.signIn()
      await expectAway(console)
      await server.restart()
      await expectWhole(console)
      await server.kill()
      await expectAway(console)
      await server.restart()
      await expectWhole(console)
      expect(console.program.logs()).not.toMatch(/"event":"(tick_failed|send_failed|process_ended)"/)
    })
  })
})

/** History is unavailable, and says so; everything that etcd tells goes on. */
async function expectAway(console: Console): Promise<void> {
  const before = countTicks(console)
  await eventually('ticks are stored', () => countTicks(console) > before + 9)
  expect(await console.get(`/api/range?metrics=${METRIC}`)).toMatchObject({
    status: 503,
    body: { code: 'storage_unavailable' },
  })
  await eventually('the status says it', async () => {
    const { status, body } = await console.get('/api/status')
    expect(status).toBe(200)
    expect(body.members).toHaveLength(3)
    return (body.storage as { metrics: string }).metrics === 'unavailable'
  })
  const { body } = await console.get('/api/members')
  expect(body.members).toHaveLength(3)
  const { checks } = (await console.get('/readyz')).body
  expect(checks).toEqual({ state_store: 'ok', metrics_store: 'unavailable' })
}

/** Every tick that the collector acknowledged so far is served. */
async function expectWhole(console: Console): Promise<void> {
  const [member = ''] = committedTicks(console).keys()
  const ticks = committedTicks(console).get(member) ?? []
  await eventually(
    'every tick is there',
    async () => {
      const found = await storedTicks(console, member)
      return ticks.every((at) => found.has(at))
    },
    PATIENCE,
  )
  await eventually('the store is well', async () => {
    const { body } = await console.get('/api/status')
    return (body.storage as { metrics: string }).metrics === 'ok'
  })
}

/** Unix s, by member. */
function committedTicks({ program }: Console): ReadonlyMap<string, readonly number[]> {
  const ticks = new Map<string, number[]>()
  for (const line of program
    .logs()
    .split('\n')
    .filter((one) => one.includes('"scrape_committed"'))) {
    const { member_id: member, at } = JSON.parse(line) as { readonly member_id: string; readonly at: number }
    ticks.set(member, [...(ticks.get(member) ?? []), at / 1_000])
  }
  return ticks
}

const countTicks = (console: Console) => [...committedTicks(console).values()].flat().length

async function storedTicks(console: Console, member: string): Promise<ReadonlySet<number>> {
  const { status, body } = await console.get(
    `/api/range?metrics=${METRIC}&member_id=${member}&range=30m&step=1`,
  )
  if (status !== 200) return new Set()
  const points = (body.metrics as Record<string, readonly { readonly ts: number }[]>)[METRIC] ?? []
  return new Set(points.map(({ ts }) => ts))
}

const environment = ({ url, org }: Influxdb, bucket: string, token: string) => ({
  ETCDMONITOR_STORAGE_METRICS_DRIVER: 'influxdb',
  ETCDMONITOR_STORAGE_METRICS_URL: url,
  ETCDMONITOR_STORAGE_METRICS_ORG: org,
  ETCDMONITOR_STORAGE_METRICS_BUCKET: bucket,
  ETCDMONITOR_STORAGE_METRICS_TOKEN: token,
})

// node scripts/record-metrics-page.ts <path of etcd> > test/fixtures/metrics-<version>.txt
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'

const WRITERS = 8
const PUTS = 600
const text = (value: string) => Buffer.from(value).toString('base64')

/** One call of etcd's JSON gateway; a stream is read to its end. */
async function call(endpoint: string, path: string, body: object, signal?: AbortSignal): Promise<string> {
  const response = await fetch(`${endpoint}/v3/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    ...(signal && { signal }),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response.text()
}

/** The load that test/fixtures/README.md describes: every family that an undisturbed cluster has moves. */
async function makeLoad(endpoints: readonly string[]): Promise<void> {
  const [first = ''] = endpoints
  const put = (endpoint: string, key: string) =>
    call(endpoint, 'kv/put', { key: text(key), value: text('v'.repeat(100)) })
  const write = async (writer: number) => {
    const endpoint = endpoints[writer % endpoints.length] ?? first
    for (let i = 0; i < PUTS; i++) {
      await put(endpoint, `load/${writer}/${i % 100}`)
      if (i % 20 === 0)
        await call(endpoint, 'kv/range', {
          key: text(`load/${writer}/`),
          range_end: text('load0'),
          limit: 10,
        })
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)))
  for (let i = 0; i < 50; i++) {
    await call(first, 'kv/txn', {
      compare: [{ key: text(`txn/${i}`), result: 'EQUAL', target: 'VERSION', version: '0' }],
      success: [{ request_put: { key: text(`txn/${i}`), value: text('1') } }],
    })
    await call(first, 'kv/deleterange', { key: text(`load/0/${i}`) })
  }
  for (let i = 1; i <= 5; i++) {
    await call(first, 'lease/grant', { ID: String(i), TTL: '60' })
    await call(first, 'lease/keepalive', { ID: String(i) })
  }
  await call(first, 'lease/revoke', { ID: '1' })
}

async function findLeader(endpoints: readonly string[]): Promise<string> {
  for (const endpoint of endpoints) {
    const status = JSON.parse(await call(endpoint, 'maintenance/status', {})) as {
      leader: string
      header: { member_id: string }
    }
    if (status.leader === status.header.member_id) return endpoint
  }
  throw new Error('no member leads')
}

const [binary] = process.argv.slice(2)
if (!binary) throw new Error('usage: record-metrics-page.ts <path of etcd>')
await using cluster = await startEtcdCluster({ members: 3, binary })
const leader = await findLeader(cluster.endpoints)
const watching = new AbortController()
const watch = call(
  leader,
  'watch',
  { create_request: { key: text('load/'), range_end: text('load0') } },
  watching.signal,
)
await makeLoad([leader, ...cluster.endpoints.filter((endpoint) => endpoint !== leader)])
await call(leader, 'kv/compaction', { revision: '4000', physical: true })
await call(leader, 'maintenance/defragment', {})
await call(leader, 'maintenance/snapshot', {})
const page = await fetch(`${leader}/metrics`)
process.stdout.write(await page.text())
watching.abort()
await watch.catch((error: unknown) => {
  if (!watching.signal.aborted) throw error
})

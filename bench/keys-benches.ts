import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openEtcdCluster } from '@etcdmonitor/adapters/etcd/etcd-cluster'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { createLog } from '@etcdmonitor/adapters/node/log'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { afterKey } from '@etcdmonitor/core/keys/key-range'
import { findCommand } from '@etcdmonitor/rig/commands'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { ensureServer } from '@etcdmonitor/rig/servers'
import type { BenchContext, BenchFamily } from './bench.ts'
import { KEY_COUNT, loadKeys, MAX_TXN_OPS } from './key-data.ts'
import { median, ratioRecord, round3, timed, timeInTurn } from './measure.ts'
import { type BenchRecord, type Demand, judge } from './records.ts'
import { startWatchedConsole, type WatchedConsole } from './watched-console.ts'

const IDS = ['L9-root', 'L9-5000', 'L9-20000', 'L9-search', 'L9-keys', 'L10-get', 'L10-put']
const ROUNDS = 3
const CONNECTIONS = 16
const CALLS = 2_000

const atMost = (value: number): Demand => ({ op: '<=', value })

/** Browsing, searching and listing 1.2 million keys; single keys through the console and by the client itself. */
export const keysBenches: BenchFamily = {
  ids: IDS,
  async run(wanted, { say }) {
    const etcd = await ensureServer('etcd')
    const ids = IDS.filter((id) => wanted.has(id))
    if ('missing' in etcd) return ids.map((id) => notRun(id, etcd.missing))
    await using servers = await startEtcdCluster({
      members: 1,
      binary: etcd.path,
      flags: [
        `--max-txn-ops=${MAX_TXN_OPS}`,
        '--quota-backend-bytes=4294967296',
        '--max-request-bytes=4194304',
      ],
    })
    const url = servers.endpoints[0] ?? ''
    say(`putting ${KEY_COUNT} keys`)
    await loadKeys(url)
    await using console = await startWatchedConsole(servers.endpoints)
    const records: BenchRecord[] = []
    for (const id of ids) {
      const record = await measureOne(id, { url, console, say })
      say(`${id}: ${record.median ?? record.reason} ${record.unit} ${JSON.stringify(record.side ?? {})}`)
      records.push(record)
    }
    return records
  },
}

interface Measuring extends Pick<BenchContext, 'say'> {
  readonly url: string
  readonly console: WatchedConsole
}

function measureOne(id: string, measuring: Measuring): Promise<BenchRecord> {
  const { console } = measuring
  switch (id) {
    case 'L9-root':
      return children(console, { id, path: '', children: 13, demand: atMost(1_000) })
    case 'L9-5000':
      return children(console, { id, path: '?key=/five', children: 10, demand: atMost(25) })
    case 'L9-20000':
      return children(console, { id, path: '?key=/twenty', children: 10, demand: atMost(80) })
    case 'L9-search':
      return besideEtcdctl(measuring, { id, title: 'search by key to the end', demand: 3, run: searchAll })
    case 'L9-keys':
      return besideEtcdctl(measuring, {
        id,
        title: 'the whole tree as one stream',
        demand: 2.5,
        run: listAll,
      })
    default:
      return single(measuring, id === 'L10-get' ? 'get' : 'put')
  }
}

interface Level {
  readonly id: string
  readonly path: string
  readonly children: number
  readonly demand: Demand
}

async function children(
  console: WatchedConsole,
  { id, path, children: expected, demand }: Level,
): Promise<BenchRecord> {
  const runs: number[] = []
  const { side } = await console.watch(async () => {
    for (let round = -1; round < 3 * ROUNDS; round += 1) {
      const { totalMs, text } = await console.fetch(`/api/kv/v3/children${path}`)
      const { node } = JSON.parse(text) as { readonly node: { readonly nodes: readonly unknown[] } }
      if (node.nodes.length !== expected) throw new Error(`${path}: ${node.nodes.length} children`)
      if (round >= 0) runs.push(round3(totalMs))
    }
  })
  const value = median(runs)
  const title = `children of ${path === '' ? 'the root' : path.slice(5)}`
  return { id, title, unit: 'ms', runs, median: value, demand, verdict: judge(value, demand), side }
}

interface Beside {
  readonly id: string
  readonly title: string
  /** Times what etcdctl takes. */
  readonly demand: number
  readonly run: (console: WatchedConsole) => Promise<Readonly<Record<string, number>>>
}

/** Beside `etcdctl get "" --prefix --keys-only`, which reads all of it in one answer. */
async function besideEtcdctl(
  { url, console }: Measuring,
  { id, title, demand, run }: Beside,
): Promise<BenchRecord> {
  const etcdctl = findCommand('etcdctl')
  if (!etcdctl) return notRun(id, 'etcdctl is missing')
  const sides: Readonly<Record<string, number>>[] = []
  const listing = () =>
    timed(() =>
      runEtcdctl(etcdctl, [
        '--command-timeout=60s',
        '--endpoints',
        url,
        'get',
        '',
        '--prefix',
        '--keys-only',
      ]),
    )
  const ours = () =>
    timed(async () => {
      const { result, side } = await console.watch(() => run(console))
      sides.push({ ...result, ...side })
    })
  const times = await timeInTurn(
    [
      { id: 'etcdctl', measure: listing },
      { id: 'ours', measure: ours },
    ],
    ROUNDS,
  )
  return ratioRecord({
    id,
    title,
    ours: times.get('ours') ?? [],
    baseline: { id: 'etcdctl get --prefix --keys-only', times: times.get('etcdctl') ?? [] },
    demand: atMost(demand),
    side: Object.fromEntries(
      Object.keys(sides[0] ?? {}).map((name) => [name, round3(median(sides.map((side) => side[name] ?? 0)))]),
    ),
  })
}

async function runEtcdctl(command: string, args: readonly string[]): Promise<void> {
  const { PATH } = process.env
  const env = { PATH }
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env })
  child.stdout.resume()
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`etcdctl ended with ${code}`)
}

async function listAll(console: WatchedConsole) {
  const { firstByteMs, totalMs, bytes } = await console.fetch('/api/kv/v3/keys')
  return { first_byte_ms: firstByteMs, total_ms: totalMs, bytes }
}

async function searchAll(console: WatchedConsole) {
  let scanned = 0
  let cursor = ''
  do {
    const { text } = await console.fetch(`/api/kv/v3/search?q=nowhere${cursor}`)
    const answer = JSON.parse(text) as { readonly scanned: number; readonly cursor: string | null }
    scanned += answer.scanned
    cursor = answer.cursor === null ? '' : `&cursor=${answer.cursor}`
  } while (cursor !== '')
  return { scanned }
}

/** One key after the other on 16 connections, through the console and by its own client. */
async function single({ url, console }: Measuring, what: 'get' | 'put'): Promise<BenchRecord> {
  await using client = openEtcdCluster({
    endpoints: [url],
    username: '',
    metricsPath: '/metrics',
    metricsEndpoint: '',
    memberAllowCidrs: [],
    interval: 30_000,
    clock: systemClock,
    log: createLog('error', { process: 'bench' }),
  })
  const key = (number: number) => `/flat/${String(number % 200_000).padStart(6, '0')}`
  const direct = async (number: number) => {
    const bytes = toUtf8(key(number))
    if (what === 'put') return client.put({ key: bytes, value: bytes, lease: 'keep' })
    return client.range({ from: bytes, to: afterKey(bytes), limit: 1, values: true, serializable: false })
  }
  const through = async (number: number) => {
    if (what === 'get') return console.fetch(`/api/kv/v3/get?key=${key(number)}`)
    const body = JSON.stringify({ key: key(number), value: key(number) })
    return console.fetch('/api/kv/v3/put', { method: 'PUT', body })
  }
  const times = await timeInTurn(
    [
      { id: 'direct', measure: () => timed(() => onConnections(direct)) },
      { id: 'ours', measure: () => timed(() => onConnections(through)) },
    ],
    ROUNDS,
  )
  return ratioRecord({
    id: `L10-${what}`,
    title: `${CALLS} times ${what} of one key through the console, ${CONNECTIONS} at once`,
    ours: times.get('ours') ?? [],
    baseline: { id: 'the same client without the console', times: times.get('direct') ?? [] },
    demand: undefined,
    side: { calls_per_second: round3((CALLS * 1_000) / median(times.get('ours') ?? [])) },
  })
}

async function onConnections(call: (number: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < CALLS) {
      next += 1
      await call(next)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, worker))
}

const notRun = (id: string, reason: string): BenchRecord => ({
  id,
  title: 'keys',
  unit: 'ms',
  runs: [],
  verdict: 'not_run',
  reason,
})

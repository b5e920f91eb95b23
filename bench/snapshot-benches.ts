import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { readSnapshot } from '@etcdmonitor/adapters/etcd/read-snapshot.contract'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { ensureServer } from '@etcdmonitor/rig/servers'
import { type Console, startConsole } from '../test/setup/console/console.ts'
import { etcdGateway } from '../test/setup/etcd/etcd-gateway.ts'
import type { BenchFamily } from './bench.ts'
import { median, round3, timed, timeInTurn } from './measure.ts'
import { type BenchRecord, type Demand, judge } from './records.ts'

const VALUES = 1_024
/** In base64 a MiB less a little: what one request may carry. */
const VALUE_BYTES = 780_000
const AT_ONCE = 4
const ROUNDS = 5
const MIB = 1_048_576
const RATE: Demand = { op: '>=', value: 0.65 }
const MEMORY: Demand = { op: '<=', value: 48 }

/** A snapshot of 1 GB by ticket over HTTP, as a browser takes it, beside the same stream read by gRPC alone (reliability.md L11). */
export const snapshotBenches: BenchFamily = {
  ids: ['L11'],
  async run(_, { say }) {
    const etcd = await ensureServer('etcd')
    if ('missing' in etcd) return [notRun(etcd.missing)]
    await using servers = await startEtcdCluster({
      ...{ members: 1, binary: etcd.path, flags: ['--quota-backend-bytes=4294967296'] },
    })
    const [url = ''] = servers.endpoints
    say(`L11: putting ${VALUES} MB`)
    await fill(url)
    await using console = await startConsole({
      endpoints: [url],
      command: 'api',
      env: { ETCDMONITOR_LOG_LEVEL: 'info' },
    })
    await console.signIn()
    const { pid } = console.program
    const idle = readMemory(pid, 'VmRSS')
    const rises: number[] = []
    let bytes = 0
    const ours = async () => {
      const path = await takeTicket(console)
      writeFileSync(`/proc/${pid}/clear_refs`, '5') // the peak begins anew
      const took = await timed(async () => {
        bytes = await readAll(console.url + path)
      })
      rises.push(round3((readMemory(pid, 'VmHWM') - idle) / MIB))
      say(`L11: ${bytes} bytes in ${Math.round(took)} ms, ${rises.at(-1)} MiB more`)
      return took
    }
    const direct = () =>
      timed(async () => {
        const read = await readSnapshot(url)
        if (bytes > 0 && read !== bytes)
          throw new Error(`${read} bytes directly, ${bytes} through the console`)
      })
    const times = await timeInTurn(
      [
        { id: 'ours', measure: ours },
        { id: 'direct', measure: direct },
      ],
      ROUNDS,
    )
    const side = { megabytes: round3(bytes / 1_000_000) }
    return [
      rateRecord({ ours: times.get('ours') ?? [], direct: times.get('direct') ?? [], side }),
      memoryRecord(rises, side),
    ]
  },
}

interface Times {
  readonly ours: readonly number[]
  readonly direct: readonly number[]
  readonly side: { readonly megabytes: number }
}

function rateRecord({ ours, direct, side }: Times): BenchRecord {
  const runs = ours.map((time, round) => round3((direct[round] ?? Number.NaN) / time))
  const value = median(runs)
  return {
    id: 'L11 rate',
    title: 'rate of a snapshot of 1 GB by ticket over HTTP, to that of its gRPC stream alone',
    unit: 'ratio',
    runs,
    median: value,
    demand: RATE,
    verdict: judge(value, RATE),
    baseline: { id: 'gRPC stream, bytes thrown away', unit: 'ms', median: round3(median(direct)) },
    side: { ours_ms: round3(median(ours)), ...side },
  }
}

/** The largest rise counts, over all rounds, also the one that is not timed. */
function memoryRecord(rises: readonly number[], side: Times['side']): BenchRecord {
  const value = Math.max(...rises)
  return {
    id: 'L11 memory',
    title: 'most that the API had resident during snapshots of 1 GB, over the idle process',
    unit: 'MiB',
    runs: rises,
    median: value,
    demand: MEMORY,
    verdict: judge(value, MEMORY),
    side,
  }
}

async function fill(url: string): Promise<void> {
  const { put } = etcdGateway(url)
  let next = 0
  const worker = async () => {
    for (let number = next++; number < VALUES; number = next++)
      await put(`/random/${number}`, randomBytes(VALUE_BYTES).toString('base64'))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

async function takeTicket(console: Console): Promise<string> {
  const { status, body } = await console.post('/api/ops/snapshot/ticket', {})
  if (status !== 200) throw new Error(`no ticket: ${status} ${JSON.stringify(body)}`)
  return String(body.url)
}

/** @returns bytes of the body. @throws Error when it is no 200, or broken */
function readAll(url: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const sent = request(url, { agent: false }, (answer) => {
    let bytes = 0
    answer.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    answer.once('error', reject)
    answer.once('end', () =>
      answer.statusCode === 200 ? resolve(bytes) : reject(new Error(`status ${answer.statusCode}`)),
    )
  })
  sent.once('error', reject).end()
  return promise
}

const readMemory = (pid: number, what: 'VmRSS' | 'VmHWM'): number =>
  Number(new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) *
  1_024

const notRun = (reason: string): BenchRecord => ({
  id: 'L11 rate',
  title: 'snapshot of 1 GB',
  unit: 'ratio',
  runs: [],
  verdict: 'not_run',
  reason,
})

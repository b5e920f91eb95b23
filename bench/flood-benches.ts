import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { argon2PasswordHasher } from '@etcdmonitor/adapters/argon2/password-hasher'
import { systemClock as clock } from '@etcdmonitor/adapters/node/clock'
import { randomBytes as random } from '@etcdmonitor/adapters/node/random'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { startProgram } from '@etcdmonitor/rig/processes'
import { ensureServer } from '@etcdmonitor/rig/servers'
import { type Console, NEW_PASSWORD, startConsole } from '../test/setup/console/console.ts'
import type { BenchContext, BenchFamily } from './bench.ts'
import { closedLoop, type HttpLoad, login, openHttpLoad, openLoop } from './http-load.ts'
import { median, round3 } from './measure.ts'
import { type BenchRecord, type Demand, judge } from './records.ts'

const FLOOD = 64
/** As in L2. */
const GETS = 32
/** Of the flood; of each of its halves: at the peak, and open loop at half of it. */
const SECONDS = 30
const HALF = SECONDS / 2
const CLIENTS = 2
const RATES = { bucket: '300', open: '0' }
const READ = '/api/status'
const READS: Demand = { op: '>=', value: 0.1 }
const READ_P99: Demand = { op: '<=', value: 100 }
/** MB. */
const GROWTH: Demand = { op: '<=', value: 64 }
/** The flood says what it was answered so long after our own measuring at most, ms. */
const LIMIT = 60_000
const LOGINS: Demand = { op: '>=', value: 0.6 }

/** Signing in, alone and under a flood of wrong passwords (reliability.md L4, security.md C5). */
export const floodBenches: BenchFamily = {
  ids: ['L4'],
  async run(_, { say }) {
    const server = await ensureServer('etcd')
    if ('missing' in server) return [notRun(server.missing)]
    await using etcd = await startEtcdCluster({ members: 1 })
    const records: BenchRecord[] = []
    for (const [name, rate] of Object.entries(RATES)) {
      say(`L4 ${name}: ${FLOOD} connections for ${SECONDS} s, login_rate_per_minute ${rate}`)
      await using console = await startConsole({
        endpoints: etcd.endpoints,
        command: 'api',
        env: { ETCDMONITOR_AUTH_LOGIN_RATE_PER_MINUTE: rate, ETCDMONITOR_LOG_LEVEL: 'info' },
      })
      await console.signIn()
      if (rate === '0') records.push(await measureLogins(console))
      records.push(...(await measureFlood(name, console, say)))
    }
    return records
  },
}

/** Right passwords, two at a time, beside bare hashing. */
async function measureLogins({ url }: Console): Promise<BenchRecord> {
  using load = openHttpLoad(url, CLIENTS)
  const hasher = argon2PasswordHasher({ clock, random })
  const password = new TextEncoder().encode(NEW_PASSWORD)
  const stored = await hasher.withSlot('', (slot) => slot.hash(password))
  const bare = () => hasher.withSlot('', (slot) => slot.verify(stored, password))
  const logIn = async () => {
    const { status } = await load.send(login('admin', NEW_PASSWORD))
    if (status !== 200) throw new Error(`a right password is answered ${status}`)
  }
  const runs: number[] = []
  const hashes: number[] = []
  for (let round = 0; round < 5; round++) {
    const perSecond = await closedLoop(CLIENTS, 3, bare)
    hashes.push(perSecond)
    runs.push(round3((await closedLoop(CLIENTS, 3, logIn)) / perSecond))
  }
  const value = median(runs)
  return {
    id: 'L4 login',
    title: `logins with the right password by ${CLIENTS} clients, to bare argon2id verifications`,
    unit: 'ratio',
    runs,
    median: value,
    demand: LOGINS,
    verdict: judge(value, LOGINS),
    baseline: { id: 'B7', unit: 'verifications/s', median: round3(median(hashes)) },
  }
}

/** The console has one processor, flood and reader the other (reliability.md 8.3). */
async function measureFlood(
  name: string,
  console: Console,
  say: BenchContext['say'],
): Promise<BenchRecord[]> {
  using _ = pinApart(console.program.pid)
  using reads = openHttpLoad(console.url, 100)
  const token = await signIn(reads)
  const read = async () => {
    const { status } = await reads.send({ path: READ, token })
    if (status !== 200) throw new Error(`${READ} is answered ${status}`)
  }
  await closedLoop(GETS, 3, read) // warm
  const quiet = await closedLoop(GETS, 10, read)
  using memory = watchRss(console.program.pid)
  await using flood = await startFlood(console.url)
  const flooded = await closedLoop(GETS, HALF, read)
  const times = (await openLoop(flooded / 2, HALF - 1, read)).toSorted((a, b) => a - b)
  const answers = await flood.answers()
  say(`L4 ${name}: answers of the flood ${JSON.stringify(answers)}`)

  const rate = RATES[name as keyof typeof RATES]
  const title = `under a flood of wrong passwords over ${FLOOD} connections, login_rate_per_minute ${rate}`
  const baseline = { id: 'B6', unit: 'requests/s', median: Math.round(quiet) }
  const p99 = round3(times[Math.floor(times.length * 0.99)] ?? Number.NaN)
  return [
    {
      ...toRecord(`L4 ${name}`, round3(flooded / quiet), READS),
      title: `GET ${READ} by ${GETS} clients ${title}, to quiet`,
      unit: 'ratio',
      baseline,
      side: { gets_per_s: Math.round(flooded), ...answers },
    },
    {
      ...toRecord(`L4 ${name} p99`, p99, READ_P99),
      title: `99th percentile of GET ${READ} ${title}, at half of its own rate`,
      unit: 'ms',
      side: { requests: times.length, most_ms: round3(times.at(-1) ?? Number.NaN) },
    },
    {
      ...toRecord(`L4 ${name} memory`, round3(memory.growth() / 1_048_576), GROWTH),
      title: `growth of resident memory ${title}, over the console under GETs alone`,
      unit: 'MB',
      side: { before_mb: round3(memory.before / 1_048_576) },
    },
  ]
}

const toRecord = (id: string, value: number, demand: Demand) => ({
  id,
  runs: [value],
  median: value,
  demand,
  verdict: judge(value, demand),
})

interface Flood extends AsyncDisposable {
  /** When it is over: how often it was answered how. */
  answers(): Promise<Readonly<Record<string, number>>>
}

async function startFlood(url: string): Promise<Flood> {
  const args = ['bench/login-flood.ts', '--url', url, '--connections', `${FLOOD}`, '--seconds', `${SECONDS}`]
  const program = await startProgram({ args })
  return {
    async answers() {
      const { json } = await program.waitForLine((line) => line.json?.answers !== undefined, LIMIT)
      const { answers, withoutRetryAfter } = json as {
        answers: Record<string, number>
        withoutRetryAfter: number
      }
      const counts = Object.entries(answers).map(([status, count]) => [`flood_${status}`, count])
      return { ...Object.fromEntries(counts), without_retry_after: withoutRetryAfter }
    },
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  }
}

/** Looks ten times a second. */
function watchRss(pid: number) {
  const before = readRss(pid)
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, readRss(pid))
  }, 100)
  return { before, growth: () => most - before, [Symbol.dispose]: () => clearInterval(timer) }
}

/** All threads of that process on the first processor, ours and those of our children to come on the second, until it is disposed of. */
function pinApart(pid: number): Disposable {
  const pin = (whom: number, where: string) =>
    execFileSync('taskset', ['-a', '-p', '-c', where, String(whom)], { stdio: 'ignore' })
  pin(pid, '0')
  pin(process.pid, '1')
  return { [Symbol.dispose]: () => void pin(process.pid, `0-${cpus().length - 1}`) }
}

async function signIn(load: HttpLoad): Promise<string> {
  const { body } = await load.send(login('admin', NEW_PASSWORD))
  return String(JSON.parse(body).session_token)
}

const readRss = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024

const notRun = (reason: string): BenchRecord => ({
  id: 'L4',
  title: 'signing in under a flood of wrong passwords',
  unit: 'ratio',
  runs: [],
  verdict: 'not_run',
  reason,
})

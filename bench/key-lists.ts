import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { findCommand } from '@etcdmonitor/rig/commands'
import { type KeyBench, notRun } from './key-bench.ts'
import { median, ratioRecord, round3, timed, timeInTurn } from './measure.ts'
import { type BenchRecord, judge } from './records.ts'
import type { WatchedConsole } from './watched-console.ts'

const ROUNDS = 3
/** The p99 of the puts of a round is its fourth or fifth longest wait: the median of few such ratios says little. */
const LISTING_ROUNDS = 5
const BASELINE = 'etcdctl get --prefix --keys-only'

/** Search by key to the end, beside `etcdctl`, which reads all keys in one answer. */
export async function measureSearch({ url, console }: KeyBench): Promise<readonly BenchRecord[]> {
  const list = etcdctl(url)
  if (!list) return [notRun('L9-search', 'etcdctl is missing')]
  const { times, side } = await besideEtcdctl(console, { list, run: searchAll })
  const title = 'search by key to the end'
  return [ratio({ id: 'L9-search', title, times, most: 3, side })]
}

/**
 * The whole tree as one stream, beside `etcdctl`; and how long a client of etcd that puts 50 times a second waits meanwhile, beside how
 * long it waits during `etcdctl`.
 */
export async function measureListing({ url, console }: KeyBench): Promise<readonly BenchRecord[]> {
  const list = etcdctl(url)
  if (!list) return [notRun('L9-keys', 'etcdctl is missing'), notRun('L9-puts', 'etcdctl is missing')]
  await using putting = await startPutting(url)
  const waits = { ours: [] as number[], etcdctl: [] as number[] }
  const { times, side } = await besideEtcdctl(console, {
    list: () => putting.beside(waits.etcdctl, list),
    run: (watched) => putting.beside(waits.ours, () => listAll(watched)),
    rounds: LISTING_ROUNDS,
  })
  const listing = ratio({ id: 'L9-keys', title: 'the whole tree as one stream', times, most: 2.5, side })
  // the first round is the warm-up
  const runs = waits.ours.slice(1).map((ms, round) => round3(ms / (waits.etcdctl[round + 1] ?? Number.NaN)))
  const demand = { op: '<=', value: 1 } as const
  const value = median(runs)
  const puts: BenchRecord = {
    id: 'L9-puts',
    title: 'p99 of 50 puts a second by another client while the tree is streamed, to that during etcdctl',
    unit: 'ratio',
    runs,
    median: value,
    demand,
    verdict: judge(value, demand),
    baseline: { id: BASELINE, unit: 'ms', median: round3(median(waits.etcdctl.slice(1))) },
    side: { ours_ms: round3(median(waits.ours.slice(1))) },
  }
  return [listing, puts]
}

interface Beside {
  readonly list: () => Promise<void>
  readonly run: (console: WatchedConsole) => Promise<Side>
  readonly rounds?: number
}

type Side = Readonly<Record<string, number>>
type Times = Awaited<ReturnType<typeof timeInTurn>>

async function besideEtcdctl(console: WatchedConsole, { list, run, rounds = ROUNDS }: Beside) {
  const sides: Side[] = []
  const ours = async () => {
    const { result, side } = await console.watch(() => run(console))
    sides.push({ ...result, ...side })
  }
  const subjects = [
    // the console is asked for its health meanwhile too: these questions take of the machine, so they run beside both
    { id: 'etcdctl', measure: () => timed(() => console.watch(list)) },
    { id: 'ours', measure: () => timed(ours) },
  ]
  const times = await timeInTurn(subjects, rounds)
  const names = Object.keys(sides[0] ?? {})
  const middle = (name: string) => round3(median(sides.map((side) => side[name] ?? 0)))
  return { times, side: Object.fromEntries(names.map((name) => [name, middle(name)])) }
}

interface Ratio {
  readonly id: string
  readonly title: string
  readonly times: Times
  readonly most: number
  readonly side: Side
}

const ratio = ({ id, title, times, most, side }: Ratio): BenchRecord =>
  ratioRecord({
    id,
    title,
    ours: times.get('ours') ?? [],
    baseline: { id: BASELINE, times: times.get('etcdctl') ?? [] },
    demand: { op: '<=', value: most },
    side,
  })

interface Putting extends AsyncDisposable {
  /** What `work` gives; adds to `waits` the p99 of the puts that began while it ran. */
  beside<T>(waits: number[], work: () => Promise<T>): Promise<T>
}

/** In a process of its own: this one reads what the console streams. */
async function startPutting(url: string): Promise<Putting> {
  const child = fork(new URL('put-beside.ts', import.meta.url), [url])
  await once(child, 'message')
  return {
    async beside(waits, work) {
      child.send('begin')
      const result = await work()
      const answered = once(child, 'message')
      child.send('end')
      const [took] = (await answered) as [readonly number[]] // as that file says
      const sorted = took.toSorted((a, b) => a - b)
      waits.push(sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN)
      return result
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

/** Lists all keys by `etcdctl`; undefined where that is missing. */
function etcdctl(url: string): (() => Promise<void>) | undefined {
  const command = findCommand('etcdctl')
  if (!command) return undefined
  const args = ['--command-timeout=60s', '--endpoints', url, 'get', '', '--prefix', '--keys-only']
  const { PATH } = process.env
  return async () => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH } })
    child.stdout.resume()
    const [code] = await once(child, 'close')
    if (code !== 0) throw new Error(`etcdctl ended with ${code}`)
  }
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

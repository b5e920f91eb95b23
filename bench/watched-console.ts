import { readFileSync } from 'node:fs'
import { type Console, startConsole } from '../test/setup/console/console.ts'
import { eventually } from '../test/setup/eventually.ts'
import { median, round3 } from './measure.ts'

export interface WatchedConsole extends AsyncDisposable {
  readonly url: string
  /** Of its session. */
  readonly token: string
  /** Reads an answer to its end. @throws Error when it is no 200 */
  fetch(path: string, init?: RequestInit): Promise<Reading>
  /** How the process fared while `work` ran. */
  watch<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly side: Side }>
}

export interface Reading {
  readonly firstByteMs: number
  readonly totalMs: number
  readonly bytes: number
  /** Only of answers below 1 MB. */
  readonly text: string
}

type Side = Readonly<Record<'rss_growth_mb' | 'delay_p99_ms' | 'delay_max_ms', number>>

const SHOWN = 1_000_000

interface Watching {
  readonly env?: Readonly<Record<string, string>>
  /** Where the configuration names it. */
  readonly firstPassword?: string
}

/** The API alone, as a user starts it, signed in. */
export async function startWatchedConsole(
  endpoints: readonly string[],
  { env, firstPassword }: Watching = {},
): Promise<WatchedConsole> {
  const console = await startConsole({
    endpoints,
    command: 'api',
    env: { ETCDMONITOR_LOG_LEVEL: 'info', ETCDMONITOR_KV_MANAGER_MAX_KEYS: '2000000', ...env },
  })
  await eventually('the console is ready', async () => (await console.get('/readyz')).status === 200)
  const admin = { username: 'admin', new_password: PASSWORD }
  if (firstPassword !== undefined)
    await console.post('/api/auth/change-password', { ...admin, old_password: firstPassword })
  await console.signIn()
  const login = await console.post('/api/auth/login', { username: 'admin', password: PASSWORD })
  const token = String(login.body.session_token)
  const authorization = `Bearer ${token}`
  return {
    url: console.url,
    token,
    fetch: (path, init = {}) =>
      readAll(`${console.url}${path}`, {
        ...init,
        headers: { authorization, 'content-type': 'application/json', ...init.headers },
      }),
    watch: (work) => watch(console, work),
    [Symbol.asyncDispose]: () => console[Symbol.asyncDispose](),
  }
}

const PASSWORD = 'a password only for tests'

async function readAll(url: string, init: RequestInit): Promise<Reading> {
  const begun = performance.now()
  const answer = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(120_000) })
  let firstByteMs = 0
  let bytes = 0
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of answer.body ?? []) {
    firstByteMs ||= performance.now() - begun
    bytes += chunk.length
    if (bytes < SHOWN) text += decoder.decode(chunk, { stream: true })
  }
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text.slice(0, 300)}`)
  return { firstByteMs, totalMs: performance.now() - begun, bytes, text }
}

/** Others' view of the event loop: a health check that is sent again as soon as it was answered. */
async function watch<T>({ url, program }: Console, work: () => Promise<T>) {
  const idle = readRss(program.pid)
  const delays: number[] = []
  let peak = idle
  let isDone = false
  const ping = async () => {
    while (!isDone) {
      const begun = performance.now()
      await (await fetch(`${url}/healthz`, { redirect: 'error', signal: AbortSignal.timeout(30_000) })).text()
      delays.push(performance.now() - begun)
      peak = Math.max(peak, readRss(program.pid))
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }
  const [result] = await Promise.all([
    work().finally(() => {
      isDone = true
    }),
    ping(),
  ])
  const sorted = delays.toSorted((a, b) => a - b)
  const side = {
    rss_growth_mb: round3((peak - idle) / 1_048_576),
    delay_p99_ms: round3(sorted[Math.floor(sorted.length * 0.99)] ?? median(sorted)),
    delay_max_ms: round3(sorted.at(-1) ?? 0),
  }
  return { result, side }
}

const readRss = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024

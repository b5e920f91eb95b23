import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { afterKey } from '@etcdmonitor/core/keys/key-range'
import { startPostgres } from '@etcdmonitor/rig/postgres'
import { ensureServer } from '@etcdmonitor/rig/servers'
import { type HttpLoad, openHttpLoad } from './http-load.ts'
import { type KeyBench, notRun } from './key-bench.ts'
import { openKeyClient } from './key-client.ts'
import { median, ratioRecord, round3, timed, timeInTurn } from './measure.ts'
import type { BenchRecord } from './records.ts'
import { startWatchedConsole } from './watched-console.ts'

type What = 'get' | 'put' | 'put-postgres'

const ROUNDS = 5
const CONNECTIONS = 16
const CALLS = 2_000
/** Half of what the client does by itself. */
const MOST = { op: '<=', value: 2 } as const

/** One key after the other on 16 connections, through the console and by its own client. */
export async function measureSingle(bench: KeyBench, what: What): Promise<readonly BenchRecord[]> {
  if (what !== 'put-postgres') return [await measure(bench, what)]
  const server = await ensureServer('postgres')
  if ('missing' in server) return [notRun('L10-put-postgres', server.missing)]
  const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-bench-'))
  try {
    const [secret, password] = [join(folder, 'secret'), join(folder, 'password')]
    for (const file of [secret, password])
      writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 })
    await using postgres = await startPostgres()
    const env = {
      ETCDMONITOR_STORAGE_STATE_DRIVER: 'postgres',
      ETCDMONITOR_STORAGE_STATE_URL: postgres.url,
      ETCDMONITOR_AUTH_SECRET_FILE: secret,
      ETCDMONITOR_AUTH_INITIAL_ADMIN_PASSWORD_FILE: password,
    }
    const firstPassword = readFileSync(password, 'utf8')
    await using console = await startWatchedConsole([bench.url], { env, firstPassword })
    return [await measure({ url: bench.url, console }, what)]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const keyOf = (number: number) => `/flat/${String(number % 200_000).padStart(6, '0')}`

async function measure({ url, console }: KeyBench, what: What): Promise<BenchRecord> {
  await using client = openKeyClient(url)
  using load = openHttpLoad(console.url, CONNECTIONS)
  const direct = async (number: number) => {
    const bytes = toUtf8(keyOf(number))
    if (what !== 'get') return client.put({ key: bytes, value: bytes, lease: 'keep' })
    return client.range({ from: bytes, to: afterKey(bytes), limit: 1, values: true, serializable: false })
  }
  const through = callThrough(load, console.token, what)
  const times = await timeInTurn(
    [
      { id: 'direct', measure: () => timed(() => onConnections(direct)) },
      { id: 'ours', measure: () => timed(() => onConnections(through)) },
    ],
    ROUNDS,
  )
  const ours = median(times.get('ours') ?? [])
  return ratioRecord({
    id: `L10-${what}`,
    title: `${CALLS} times ${what === 'get' ? 'get' : 'put'} of one key through the console, ${CONNECTIONS} at once${what === 'put-postgres' ? ', accounts and audit in PostgreSQL' : ''}`,
    ours: times.get('ours') ?? [],
    baseline: { id: 'the same client without the console', times: times.get('direct') ?? [] },
    demand: MOST,
    side: { calls_per_second: round3((CALLS * 1_000) / ours) },
  })
}

function callThrough(load: HttpLoad, token: string, what: What) {
  return async (number: number): Promise<void> => {
    const key = keyOf(number)
    const { status, body } = await load.send(
      what === 'get'
        ? { path: `/api/kv/v3/get?key=${key}`, token }
        : { path: '/api/kv/v3/put', method: 'PUT', token, body: { key, value: key } },
    )
    if (status !== 200) throw new Error(`${what} of ${key}: ${status} ${body.slice(0, 300)}`)
  }
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

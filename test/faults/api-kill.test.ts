import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { callGateway } from '@etcdmonitor/adapters/etcd/kv/kv-rig.contract'
import { systemClock as clock } from '@etcdmonitor/adapters/node/clock'
import { randomBytes as random } from '@etcdmonitor/adapters/node/random'
import { openSqliteState } from '@etcdmonitor/adapters/sqlite/state/state-store'
import { seededRandom } from '@etcdmonitor/core/contracts/metrics-recording'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { needServer } from '@etcdmonitor/rig/need-server'
import { expect, it } from 'vitest'
import { type Console, NEW_PASSWORD, startConsole } from '../setup/console/console.ts'

const KILLS = process.env.TEST_SUITE === 'full' ? 100 : 2
const WRITERS = 4

needServer('etcd', () => {
  it(`C21 has an intent of whatever it wrote to etcd, over ${KILLS} kill -9 while it writes`, {
    timeout: 240_000 + KILLS * 30_000,
  }, async () => {
    await using servers = await startEtcdCluster({ members: 1 })
    const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-killed-'))
    const random01 = seededRandom(20_261_129)
    try {
      const env = { ETCDMONITOR_STORAGE_DATA_DIR: folder }
      const confirmed = new Set<string>()
      for (let kill = 0; kill < KILLS; kill += 1) {
        await using console = await startConsole({ endpoints: servers.endpoints, command: 'api', env })
        const token = await signIn(console, folder)
        const last = 20 + Math.floor(random01() * 60)
        for (const key of await writeUntilKilled(console, { token, kill, last })) confirmed.add(key)
        const versions = await readKeys(servers.endpoints[0] ?? '')
        const intents = await readIntents(join(folder, 'state.db'))
        expect([...versions.keys()].filter((key) => !intents.has(key))).toEqual([])
        expect([...confirmed].filter((key) => !versions.has(key))).toEqual([])
        expect([...versions.values()].filter((version) => version !== 1)).toEqual([])
      }
      expect(confirmed.size).toBeGreaterThan(KILLS * 10)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

async function signIn({ post }: Console, folder: string): Promise<string> {
  const login = { username: 'admin', password: NEW_PASSWORD }
  const first = await post('/api/auth/login', login)
  if (first.status === 200) return String(first.body.session_token)
  const old_password = readFileSync(join(folder, 'initial-admin-password'), 'utf8').trimEnd()
  await post('/api/auth/change-password', { username: 'admin', old_password, new_password: NEW_PASSWORD })
  return String((await post('/api/auth/login', login)).body.session_token)
}

interface Writing {
  readonly token: string
  readonly kill: number
  /** The process is killed when this put is sent. */
  readonly last: number
}

/** Keys whose put was confirmed to one of four writers before the process died. */
async function writeUntilKilled(
  { url, program }: Console,
  { token, kill, last }: Writing,
): Promise<readonly string[]> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const confirmed: string[] = []
  let next = 0
  const writer = async () => {
    try {
      for (;;) {
        next += 1
        const key = `/kill/${kill}/${next}`
        if (next === last) void program.kill()
        const answer = await fetch(`${url}/api/kv/v3/put`, {
          method: 'PUT',
          body: JSON.stringify({ key, value: 'x' }),
          headers,
          redirect: 'error',
          signal: AbortSignal.timeout(60_000),
        })
        expect(answer.status).toBe(200)
        await answer.arrayBuffer()
        confirmed.push(key)
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error // what fetch throws when the process is gone
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, writer))
  await program.exited
  return confirmed
}

/** Versions of all keys in etcd. */
async function readKeys(url: string): Promise<ReadonlyMap<string, number>> {
  const all = { key: 'AA==', range_end: 'AA==', keys_only: true }
  const { kvs = [] } = await callGateway<Ranged>(url, 'kv/range', all)
  return new Map(kvs.map(({ key, version }) => [Buffer.from(key, 'base64').toString(), Number(version)]))
}

interface Ranged {
  readonly kvs?: readonly { readonly key: string; readonly version: string }[]
}

/** Targets of all puts in the audit log. */
async function readIntents(file: string): Promise<ReadonlySet<string>> {
  await using state = await openSqliteState(file, { clock, random })
  const targets = new Set<string>()
  for await (const batch of state.audit.scan({ operation: 'put' }))
    for (const { target } of batch) targets.add(target)
  return targets
}

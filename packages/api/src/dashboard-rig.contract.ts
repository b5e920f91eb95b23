import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryEtcdCluster } from '@etcdmonitor/adapters/memory/memory-etcd-cluster'
import { randomBytes } from '@etcdmonitor/adapters/node/random'
import { openSqliteMetricsWriter } from '@etcdmonitor/adapters/sqlite/metrics/metrics-writer'
import { openSqliteMetricsReader } from '@etcdmonitor/adapters/sqlite/metrics/reading/metrics-reader'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { AppError } from '@etcdmonitor/core/errors'
import type { MemberTick } from '@etcdmonitor/core/metrics/sample'
import { silentLog } from '@etcdmonitor/core/ports/log'
import type { MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import type { Session, StateStore } from '@etcdmonitor/core/ports/state-store'
import { onTestFinished } from 'vitest'
import { openApi } from './api-rig.contract.ts'
import { drawKeyRing, type KeyRing } from './auth/key-ring.ts'
import { hashSessionId } from './auth/session-gate.ts'
import { signToken } from './auth/tokens.ts'
import type { ApiSettings } from './deps.ts'

export const NOW = 1_789_999_983_000
export const NEWEST = 1_789_999_980_000 // a multiple of 30 s
export const ALPHA = '10276657743932975437'
export const BETA = '9007199254740993'
export const REMOVED = '77'
export const CLUSTER = '14841639068965178418'
const ACCOUNT = 'ADMIN'
const JTI = 'a'.repeat(22)
export const PENDING = 'etcd_server_proposals_pending'
export const PUTS = 'etcd_mvcc_put_total_rate'
export const P99 = 'etcd_disk_wal_fsync_duration_seconds_p99'
export const PEER_SENT = 'etcd_network_peer_sent_bytes_total_rate'

/** Tick `i` of a member: 60 puts a tick; every fsync of the last tick but two is slow. */
const tick = (memberId: string, i: number, of: number): MemberTick => ({
  memberId,
  scalars: [
    { source: 'collector_up', labels: {}, value: 1 },
    { source: 'scrape_interval_seconds', labels: {}, value: 30 },
    { source: 'proposals_pending', labels: {}, value: i % 3 },
    { source: 'put', labels: {}, value: 60 * i },
    { source: 'peer_sent_bytes', labels: { peer: '5' }, value: 300 * i },
    { source: 'peer_sent_bytes', labels: { peer: '6' }, value: 600 * i },
  ],
  histograms: [
    {
      source: 'wal_fsync',
      labels: {},
      bounds: [0.001, 0.002],
      buckets: [100 * i, i >= of - 3 ? 50 : 0, 0],
      sum: i / 10,
    },
  ],
})

/** An embedded store in a folder of its own, which goes with it. */
export async function openStore() {
  const dataDir = await mkdtemp(join(tmpdir(), 'etcdmonitor-api-'))
  const clock = manualClock(NOW)
  const writer = await openSqliteMetricsWriter({ dataDir, clock, log: silentLog })
  const reader = openSqliteMetricsReader({ dataDir, clock, log: silentLog })
  return {
    writer,
    reader,
    async [Symbol.asyncDispose]() {
      await reader[Symbol.asyncDispose]()
      await writer[Symbol.asyncDispose]()
      await rm(dataDir, { recursive: true })
    },
  }
}

/** The last `ticks` ticks up to `newest` of these members. */
export async function fill(
  { writer }: DashboardStore,
  { ticks = 40, newest = NEWEST, members = [ALPHA, BETA], clusterId = CLUSTER } = {},
) {
  for (let i = 0; i < ticks; i++) {
    const at = newest - (ticks - 1 - i) * 30_000
    await writer.append({ clusterId, at, members: members.map((id) => tick(id, i, ticks)) })
  }
}

interface AppOptions {
  readonly metrics: MetricsReader
  readonly accounts?: Partial<StateStore['accounts']> | undefined
  readonly audit?: Partial<StateStore['audit']> | undefined
  /** Of the state store. */
  readonly health?: StateStore['health'] | undefined
  readonly isDraining?: () => boolean
  readonly settings?: Partial<ApiSettings>
}

/** The API over `metrics`, signed in, with two members of etcd in memory and a clock that only the test moves. */
export async function openApp({
  metrics,
  accounts,
  audit,
  health,
  isDraining = () => false,
  settings = {},
}: AppOptions) {
  const clock = manualClock(NOW)
  const members = [
    { id: ALPHA, name: 'alpha' },
    { id: BETA, name: 'beta' },
  ]
  const etcd = memoryEtcdCluster({ clock, members })
  const keys = await drawKeyRing(randomBytes)
  const state = await signedIn(keys, { accounts, audit, health })
  const rig = await openApi({ metrics, state, clock, etcd, keys, isDraining, settings })
  const iat = NOW / 1_000
  const token = await signToken(keys.signing, { sub: ACCOUNT, jti: JTI, iat, exp: iat + 3_600 })
  const bearer = { authorization: `Bearer ${token}` }
  type Sent = Readonly<Record<string, string>>

  return {
    app: rig.app,
    etcd,
    clock,
    async get(path: string, headers: Sent = {}, signal: AbortSignal = new AbortController().signal) {
      const { json, ...answer } = await rig.send(path, { headers: { ...bearer, ...headers }, signal })
      return { ...answer, body: json }
    },
    /** As it is on the wire. */
    async bytes(path: string, headers: Sent): Promise<{ encoding: string | null; bytes: Uint8Array }> {
      const request = new Request(`http://console.test${path}`, { headers: { ...bearer, ...headers } })
      const response = await rig.app.fetch(request, { peer: '' })
      return {
        encoding: response.headers.get('content-encoding'),
        bytes: new Uint8Array(await response.arrayBuffer()),
      }
    },
  }
}

/** An embedded store with 40 ticks of two members, and the API over it, until the test ends. */
export async function openDashboard() {
  const store = await openStore()
  onTestFinished(() => store[Symbol.asyncDispose]())
  await fill(store)
  return { store, api: await openApp({ metrics: store.reader }) }
}

/** A state store that knows one session: all that these routes touch. */
async function signedIn(
  keys: KeyRing,
  { accounts, audit, health = async () => 'ok' }: Pick<AppOptions, 'accounts' | 'audit' | 'health'>,
): Promise<StateStore> {
  const session: Session = {
    idHash: await hashSessionId(JTI),
    userId: ACCOUNT,
    kid: keys.signing.kid,
    expiresAt: 0,
    address: '',
    userAgent: '',
    createdAt: NOW,
    lastSeenAt: NOW,
    username: 'admin',
  }
  return {
    sessions: { find: async () => session },
    accounts: { count: async () => 1, ...accounts },
    audit: { countRows: async () => 0, ...audit },
    health,
    runs: { list: async () => [] },
    [Symbol.asyncDispose]: async () => {},
  } as unknown as StateStore // the other methods are not called
}

/** A reader that fails as told, until `heal`. */
export function breakable(reader: MetricsReader) {
  let broken: (() => Promise<never>) | undefined
  let calls = 0
  const sources = new Set<string>()
  const guard =
    <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> => {
      calls++
      return broken ? broken() : call(...args)
    }
  const metrics: MetricsReader = {
    ...reader,
    slots: guard((query, options) => {
      for (const source of query.sources) sources.add(source)
      return reader.slots(query, options)
    }),
    ticks: guard(reader.ticks),
    tail: guard(reader.tail),
    members: guard(reader.members),
    horizon: guard(reader.horizon),
    watermark: guard(reader.watermark),
  }
  return {
    metrics,
    fail: (how: () => Promise<never>) => {
      broken = how
    },
    heal: () => {
      broken = undefined
    },
    calls: () => calls,
    /** What slots were asked of. */
    sources: () => [...sources],
  }
}
/** For `fail`. */
export const gone = () => Promise.reject(new AppError('storage_unavailable', 'the store is gone'))

export type DashboardStore = Awaited<ReturnType<typeof openStore>>
export type DashboardApi = Awaited<ReturnType<typeof openApp>>

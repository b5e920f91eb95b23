import { openEtcdCluster } from '@etcdmonitor/adapters/etcd/etcd-cluster'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { randomBytes } from '@etcdmonitor/adapters/node/random'
import { openSqliteState } from '@etcdmonitor/adapters/sqlite/state/state-store'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { OPERATION_LIMITS, type OperationLimits } from '@etcdmonitor/core/operations/operation-limits'
import type { StateStore } from '@etcdmonitor/core/ports/state-store'
import type { Clock } from '@etcdmonitor/core/time'
import { makeUlid } from '@etcdmonitor/core/ulid'
import { expect, onTestFinished } from 'vitest'
import { type Answer, bearer, JSON_TYPE, openApi, recordingLog } from './api-rig.contract.ts'
import { toSuccess } from './audit/audit-subject.ts'
import { drawKeyRing, type KeyRing } from './auth/key-ring.ts'
import { hashSessionId } from './auth/session-gate.ts'
import { signToken } from './auth/tokens.ts'
import type { ApiDeps } from './deps.ts'

export const PROCESS = { kind: 'api', host: 'h', pid: 1, version: '1.2.3' } as const

/** Waits that are no part of what a test is about are short. */
export const SHORT_LIMITS: OperationLimits = {
  ...OPERATION_LIMITS,
  roundPause: 100,
  gate: { interval: 200, rounds: 2, limit: 15_000 },
  settle: { short: 100, long: 200, border: 2_000 },
  compact: { ...OPERATION_LIMITS.compact, look: 200 },
  hash: { ...OPERATION_LIMITS.hash, retry: 200, again: 200 },
}

/** The port before real etcd, without a user. */
export function openEtcd(
  endpoints: readonly string[],
  over: Partial<Parameters<typeof openEtcdCluster>[0]> = {},
) {
  const client = openEtcdCluster({
    ...{ endpoints, username: '', metricsPath: '/metrics', metricsEndpoint: '', memberAllowCidrs: [] },
    ...{ interval: 1_000, clock: systemClock, log: recordingLog([]) },
    ...over,
  })
  onTestFinished(() => client[Symbol.asyncDispose]())
  return client
}

export interface OpsOptions extends Partial<Omit<ApiDeps, 'settings' | 'clock' | 'state'>> {
  readonly settings?: Partial<ApiDeps['settings']>
  readonly clock?: Clock
  /** Of the state database; several processes may share one, with equal `keys`. Default: one of its own. */
  readonly file?: string
}

const ADMIN = { id: 'ADMIN', username: 'admin', passwordHash: '-', mustChangePassword: false }
const PATIENT = { threshold: 1_000, durationSeconds: 1 }

/** A session without a password, which takes long to hash. */
async function signIn(state: StateStore, keys: KeyRing, now: number): Promise<string> {
  await state.accounts.createFirst(ADMIN)
  const jti = btoa(String.fromCharCode(...randomBytes(16)))
    .replaceAll(/[+/=]/g, 'A')
    .slice(0, 22)
  const reservation = await state.guard.reserve('admin', PATIENT)
  if (reservation.kind !== 'granted') throw new Error('no attempt is granted')
  const caller = { username: 'admin', address: '', requestId: '' }
  const outcome = await state.accounts.signIn({
    reservationId: reservation.id,
    verified: ADMIN.passwordHash,
    session: {
      ...{ idHash: await hashSessionId(jti), userId: ADMIN.id, kid: keys.signing.kid },
      ...{ expiresAt: 0, address: '', userAgent: '' },
    },
    audit: toSuccess(makeUlid(now, randomBytes), caller, { operation: 'login', target: 'admin' }),
  })
  if (outcome !== 'created') throw new Error(outcome)
  const iat = Math.floor(now / 1_000)
  return signToken(keys.signing, { sub: ADMIN.id, jti, iat, exp: iat + 3_600 })
}

/** The API with operations, signed in; it is alive by its own heartbeat. */
export async function openOpsApi({ clock = systemClock, file = ':memory:', ...options }: OpsOptions) {
  const state = await openSqliteState(file, {
    clock: { ...systemClock, now: clock.now },
    random: randomBytes,
  })
  await state.instances.beat(PROCESS)
  const keys = options.keys ?? (await drawKeyRing(randomBytes))
  const api = await openApi({ limits: SHORT_LIMITS, clock, ...options, keys, state })
  const token = await signIn(state, keys, clock.now())
  const post = (path: string, body?: unknown): Promise<Answer> =>
    api.send(path, {
      method: 'POST',
      headers: { ...bearer(token), ...(body !== undefined && JSON_TYPE) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  const get = (path: string) => api.send(path, { headers: bearer(token) })
  return {
    ...api,
    state,
    token,
    get,
    post,
    /** Operation, outcome and code of each entry, oldest first; without sign-ins. */
    async entries() {
      const { entries } = await state.audit.page({}, { size: 200 })
      return entries
        .filter(({ operation }) => operation !== 'login')
        .map(({ operation, verdict, code }) => `${operation} ${verdict}${code && ` ${code}`}`)
        .toReversed()
    },
    /** The run once it has ended. */
    async untilEnded(id: string, within = 60_000): Promise<Answer['json']> {
      const end = performance.now() + within
      for (;;) {
        const { json, status } = await get(`/api/ops/runs/${id}`)
        expect(status).toBe(200)
        if (json.finished_at !== null) return json
        if (performance.now() > end) throw new Error(`the run goes on: ${JSON.stringify(json)}`)
        await systemClock.sleep(50, new AbortController().signal)
      }
    },
  }
}
export type OpsApi = Awaited<ReturnType<typeof openOpsApi>>

/** Puts one key `times` times with values of `bytes`. */
export async function putTimes(
  etcd: Pick<ApiDeps['etcd'], 'put'>,
  {
    key = 'k',
    times,
    bytes = 10,
  }: { readonly key?: string; readonly times: number; readonly bytes?: number },
): Promise<void> {
  const value = new Uint8Array(bytes).fill(120)
  for (let i = 0; i < times; i += 1) await etcd.put({ key: toUtf8(`${key}`), value, lease: 'none' })
}

export const refusal = ({ status, json }: Answer) => [status, json.code]

import { argon2PasswordHasher } from '@etcdmonitor/adapters/argon2/password-hasher'
import { memoryEtcdCluster } from '@etcdmonitor/adapters/memory/memory-etcd-cluster'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { gzip, gzipStream } from '@etcdmonitor/adapters/node/gzip'
import { hmac } from '@etcdmonitor/adapters/node/hmac'
import { randomBytes } from '@etcdmonitor/adapters/node/random'
import { openSqliteState } from '@etcdmonitor/adapters/sqlite/state/state-store'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { AppError } from '@etcdmonitor/core/errors'
import { OPERATION_LIMITS } from '@etcdmonitor/core/operations/operation-limits'
import type { EtcdV2 } from '@etcdmonitor/core/ports/etcd-v2'
import type { Log, LogFields } from '@etcdmonitor/core/ports/log'
import type { MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import type { NewAccount } from '@etcdmonitor/core/ports/state-store'
import { expect, onTestFinished } from 'vitest'
import { createApp } from './app.ts'
import { type AuditTrail, createAuditTrail } from './audit/audit-trail.ts'
import { drawKeyRing } from './auth/key-ring.ts'
import type { ApiDeps, ApiSettings } from './deps.ts'
import type { Connection } from './http/api-env.ts'
import { createRunEngine } from './ops/run/run-engine.ts'
import { createSettleRun } from './ops/run/settle-run.ts'

/** ms; a part of what refused sign-ins are held. */
const REFUSAL_STEP = 50

export const NOW = 1_790_000_000_000
export const PASSWORD = 'correct horse'
export const JSON_TYPE = { 'content-type': 'application/json' }

export interface LogLine {
  readonly level: string
  readonly event: string
  readonly fields: LogFields
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Undefined when the body is no JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any
}

interface RigOptions extends Partial<Omit<ApiDeps, 'settings'>> {
  readonly settings?: Partial<ApiSettings>
}

export type ApiRig = Awaited<ReturnType<typeof openApi>>

export const SETTINGS: ApiSettings = {
  endpoints: ['http://alpha.invalid:2379'],
  interval: 30_000,
  retentionDays: 7,
  isTlsUnverified: false,
  allowedHosts: [],
  trustedProxies: [],
  isTls: false,
  sessionTimeoutSeconds: 3_600,
  minPasswordLength: 8,
  lockout: { threshold: 5, durationSeconds: 900 },
  loginRatePerMinute: 0,
  metricsDriver: 'sqlite',
  stateDriver: 'sqlite',
  appVersion: '1.2.3',
  nodeVersion: '26.1.0',
  isDebugOn: true,
  isOpsOn: true,
  auditMaxRows: 10_000,
  shownConfig: { 'log.level': 'info' },
  kv: {
    separator: '/',
    requestTimeout: 30_000,
    maxValueBytes: 2_097_152,
    maxKeys: 1_000_000,
    isReadOnly: false,
  },
  hostName: 'console-0',
}

export const noHistory: MetricsReader = {
  limits: { ticks: 100, parts: 1_000 },
  slots: async ({ from, step, to }) => ({ from, step, slots: (to - from) / step, members: [] }),
  ticks: async () => [],
  tail: async () => [],
  members: async () => [],
  horizon: async () => undefined,
  watermark: async () => '',
  health: () => ({ state: 'ok', reason: 'no_file' }),
  [Symbol.asyncDispose]: async () => {},
}

const v2Off = () => Promise.reject(new AppError('v2_unavailable', 'no v2 keys API answers there'))
const noV2: EtcdV2 = { probe: v2Off, get: v2Off, put: v2Off, remove: v2Off }

/** For applications whose routes audit nothing. */
export const noAudit: AuditTrail = {
  around: () => Promise.reject(new Error('nothing is audited here')),
  refused: () => Promise.reject(new Error('nothing is audited here')),
  failed: () => Promise.reject(new Error('nothing is audited here')),
  outcome: () => Promise.reject(new Error('nothing is audited here')),
  newId: () => '',
  [Symbol.asyncDispose]: async () => {},
}

/** The API on a real state store and real hashes, with a hand-moved clock. What `send` gets back satisfies all that api.md 10 asks of every row. */
export async function openApi(options: RigOptions = {}) {
  const clock = manualClock(NOW)
  const lines: LogLine[] = []
  const state =
    options.state ??
    (await openSqliteState(':memory:', { clock: { ...systemClock, now: clock.now }, random: randomBytes }))
  onTestFinished(() => state[Symbol.asyncDispose]())
  const log = recordingLog(lines)
  const time = options.clock ?? clock
  const audit = createAuditTrail({ state, clock: time, random: randomBytes, log })
  onTestFinished(() => audit[Symbol.asyncDispose]())
  const etcd = options.etcd ?? memoryEtcdCluster({ clock, members: [{ id: '10', name: 'alpha' }] })
  const acting = { state, audit, etcd, clock: time, log, limits: options.limits ?? OPERATION_LIMITS }
  const runs = createRunEngine({ ...acting, mayJudge: () => false, settle: createSettleRun(acting) })
  onTestFinished(() => runs[Symbol.asyncDispose]())
  const deps: ApiDeps = {
    audit,
    runs,
    limits: OPERATION_LIMITS,
    metrics: noHistory,
    etcd,
    v2: noV2,
    hasher: argon2PasswordHasher({ clock: systemClock, random: randomBytes }),
    keys: await drawKeyRing(randomBytes),
    clock,
    random: randomBytes,
    log,
    gzip,
    gzipStream,
    hmac,
    pages: () => undefined,
    commonPasswords: new Set(['password1']),
    isDraining: () => false,
    discardFirstPassword: async () => {},
    ...options,
    state,
    settings: { ...SETTINGS, ...options.settings },
  }
  const app = createApp(deps)

  async function send(
    path: string,
    init: RequestInit = {},
    connection: Partial<Connection> = {},
  ): Promise<Answer> {
    const url = path.startsWith('http') ? path : `http://console.test${path}`
    const response = await app.fetch(new Request(url, init), { peer: '192.0.2.1', ...connection })
    const own = lines.filter(({ fields }) => fields.request_id === response.headers.get('x-request-id'))
    expect(own.filter(({ event }) => event === 'request')).toHaveLength(1)
    const answer = await toAnswer(response)
    expectSound(answer, new URL(url).pathname, init.method ?? 'GET')
    return answer
  }

  const post = (
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
    connection: Partial<Connection> = {},
  ) =>
    send(
      path,
      { method: 'POST', body: JSON.stringify(body), headers: { ...JSON_TYPE, ...headers } },
      connection,
    )

  return {
    app,
    deps,
    clock,
    lines,
    send,
    post,
    get: (path: string, token?: string) => send(path, { headers: bearer(token) }),
    /** Adds an account, `admin` by default, with a password of its own. */
    async addAdmin(over: Partial<Omit<NewAccount, 'id'>> = {}) {
      const passwordHash = await deps.hasher.withSlot('', (slot) =>
        slot.hash(new TextEncoder().encode(PASSWORD)),
      )
      await state.accounts.createFirst({
        id: 'ADMIN',
        username: 'admin',
        passwordHash,
        mustChangePassword: false,
        ...over,
      })
    },
    login: (username = 'admin', password = PASSWORD) => post('/api/auth/login', { username, password }),
    /** Lets time pass until there is an answer that hashes nothing: one that refuses a sign-in is held back. */
    async untilRefused(answer: Promise<Answer>): Promise<Answer> {
      let isThere = false
      const there = answer.finally(() => (isThere = true))
      while (!isThere) await clock.advance(REFUSAL_STEP)
      return there
    },
    async token(): Promise<string> {
      const { json } = await post('/api/auth/login', { username: 'admin', password: PASSWORD })
      return json.session_token
    },
  }
}

export const bearer = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` }

async function toAnswer(response: Response): Promise<Answer> {
  const isGzip = response.body && response.headers.get('content-encoding') === 'gzip'
  const body = isGzip ? response.body.pipeThrough(new DecompressionStream('gzip')) : response.body
  const text = await new Response(body).text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '') && text !== ''
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  }
}

const API_POLICY = "default-src 'none'; frame-ancestors 'none'"

function expectSound({ status, headers, json }: Answer, path: string, method: string): void {
  const header = (name: string) => headers.get(name)
  expect(header('x-request-id')).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/)
  expect(header('x-content-type-options')).toBe('nosniff')
  expect(header('x-frame-options')).toBe('DENY')
  expect(header('referrer-policy')).toBe('no-referrer')
  expect(header('cross-origin-resource-policy')).toBe('same-origin')
  expect(header('cross-origin-opener-policy')).toBe('same-origin')
  expect([...headers.keys()].filter((name) => /^access-control-|^set-cookie$/.test(name))).toEqual([])
  if (/^\/api(\/|$)/.test(path)) {
    expect(header('content-security-policy')).toBe(API_POLICY)
    expect(header('cache-control')).toMatch(/^(no-store|private, no-cache)$/)
  } else expect(header('content-security-policy')).toContain("require-trusted-types-for 'script'")
  expect(header('www-authenticate')).toBe(status === 401 ? 'Bearer realm="etcdmonitor"' : null)
  if (json !== undefined)
    expect(header('content-type')).toMatch(/^application\/(problem\+)?json; charset=utf-8$/)
  if (status >= 400 && path !== '/readyz' && method !== 'HEAD') expectProblem(json, { status, headers })
}

function expectProblem(
  json: Record<string, unknown>,
  { status, headers }: Pick<Answer, 'status' | 'headers'>,
): void {
  expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  expect(json).toMatchObject({
    type: `urn:etcdmonitor:problem:${json.code}`,
    title: expect.stringMatching(/^(etcd |[A-Z])/),
    status,
    instance: `urn:etcdmonitor:request:${headers.get('x-request-id')}`,
    error: json.detail,
  })
  expect(String(json.detail).length).toBeLessThanOrEqual(500)
}

export function recordingLog(lines: LogLine[]): Log {
  const at =
    (level: string) =>
    (event: string, fields: LogFields = {}) =>
      void lines.push({ level, event, fields })
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

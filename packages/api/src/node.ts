import { existsSync, readFileSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { argon2PasswordHasher } from '@etcdmonitor/adapters/argon2/password-hasher'
import { openConfiguredCluster } from '@etcdmonitor/adapters/etcd/open-configured-cluster'
import { configuredAccess } from '@etcdmonitor/adapters/influx/configured-access'
import { openInfluxReader } from '@etcdmonitor/adapters/influx/reading/influx-reader'
import { systemClock as clock } from '@etcdmonitor/adapters/node/clock'
import { firstStartFiles } from '@etcdmonitor/adapters/node/first-start-files'
import { followTlsFiles } from '@etcdmonitor/adapters/node/follow-tls-files'
import { gzip, gzipStream } from '@etcdmonitor/adapters/node/gzip'
import { hmac } from '@etcdmonitor/adapters/node/hmac'
import {
  findHeadFault,
  type HttpListener,
  type HttpServer,
  openHttpServer,
  untilAnswered,
} from '@etcdmonitor/adapters/node/http-server'
import { loadConfig } from '@etcdmonitor/adapters/node/load-config'
import { createLog } from '@etcdmonitor/adapters/node/log'
import { randomBytes as random } from '@etcdmonitor/adapters/node/random'
import { runEntry } from '@etcdmonitor/adapters/node/run-entry'
import { openSecretFile, readSecretFile } from '@etcdmonitor/adapters/node/secret-file'
import { loadStaticFiles } from '@etcdmonitor/adapters/node/static-files'
import { readTlsFiles } from '@etcdmonitor/adapters/node/tls-files'
import { openPostgresState } from '@etcdmonitor/adapters/postgres/state-store'
import { openSqliteMetricsReader } from '@etcdmonitor/adapters/sqlite/metrics/reading/metrics-reader'
import { openSqliteState } from '@etcdmonitor/adapters/sqlite/state/state-store'
import type { Config } from '@etcdmonitor/core/config/config-schema'
import { OPERATION_LIMITS } from '@etcdmonitor/core/operations/operation-limits'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import type { StateStore } from '@etcdmonitor/core/ports/state-store'
import { runTogether } from '@etcdmonitor/core/run-together'
import { PRODUCT_VERSION } from '@etcdmonitor/core/version'
import { getRequestListener, RequestError } from '@hono/node-server'
import { createApp } from './app.ts'
import { createAuditTrail } from './audit/audit-trail.ts'
import {
  awaitSharedAccount,
  discardFirstPassword,
  ensureFirstAccount,
  type FirstStartPlace,
  refuseLostAccounts,
} from './auth/first-start.ts'
import { followSecrets } from './auth/follow-secrets.ts'
import { createLiveKeyRing, deriveKeyRing } from './auth/key-ring.ts'
import { startPulse } from './beat.ts'
import type { Connection } from './http/api-env.ts'
import { plainHttpWarning, type Served } from './http/plain-http.ts'
import { createRunEngine } from './ops/run/run-engine.ts'
import { createSettleRun } from './ops/run/settle-run.ts'
import { sweepAuditForEver, sweepRunsForEver, sweepStateForEver } from './sweep-state.ts'
import { toSettings } from './to-settings.ts'

const COMMON_PASSWORDS = new URL('../assets/common-passwords.txt', import.meta.url)
const PAGES = fileURLToPath(new URL('../../ui/dist/', import.meta.url))
/** Requests have 10 s, downloads 30 s more; then what the runs left is written. */
const STOP_LIMIT = 45_000
/** So long a start waits for a shared store, to say at once that it cannot be used. */
const STATE_PATIENCE = 2_000

const THIS_PROCESS = { kind: 'api', host: hostname(), pid: process.pid, version: PRODUCT_VERSION } as const

await runEntry({
  stopLimit: STOP_LIMIT,
  async run({ stop, useLog }) {
    const { values } = parseArgs({ options: { config: { type: 'string' } } })
    // biome-ignore lint/style/noProcessEnv: an entry point hands the environment on
    const { config, warnings } = loadConfig({ file: values.config, env: process.env })
    const log = createLog(config.log.level, { process: 'api' })
    useLog(log)
    for (const message of warnings) log.warn('config_warning', { message })
    await serve({ config, log, stop })
  },
})

interface Run {
  readonly config: Config
  readonly log: Log
  readonly stop: AbortSignal
}

/** Opens everything, answers requests until `stop` aborts, and closes everything in reverse order. */
async function serve({ config, log, stop }: Run): Promise<void> {
  const { data_dir: dataDir } = config.storage
  const { keys, ...secrets } = await openKeys(config)
  const files = firstStartFiles(dataDir, { configured: config.auth.initial_admin_password_file, random })
  const hasher = argon2PasswordHasher({ clock, random })
  const { ready, ...opened } = await openState(config, files)
  await using state = opened.state
  const start = { state, hasher, clock, random, log }
  if (ready) await Promise.race([ready, clock.sleep(STATE_PATIENCE, stop)])
  else await ensureFirstAccount(start, files)
  await using metrics = openMetrics(config, log)
  const etcdFiles = readTlsFiles(config.etcd)
  await using etcd = openConfiguredCluster(config, {
    tlsFiles: etcdFiles,
    interval: config.collector.interval * 1_000,
    clock,
    log,
  })
  await using pulse = await startPulse({ ...state, clock, log }, THIS_PROCESS)
  await using audit = createAuditTrail(start)
  const acting = { ...start, audit, etcd, limits: OPERATION_LIMITS }
  await using runs = createRunEngine({ ...acting, mayJudge: pulse.mayJudge, settle: createSettleRun(acting) })
  const app = createApp({
    ...acting,
    runs,
    metrics,
    v2: etcd.v2,
    keys,
    settings: toSettings(config, { hostName: hostname(), nodeVersion: process.versions.node }),
    gzip,
    gzipStream,
    hmac,
    pages: loadStaticFiles(PAGES),
    commonPasswords: new Set(readFileSync(COMMON_PASSWORDS, 'utf8').trimEnd().split('\n')),
    isDraining: () => stop.aborted,
    discardFirstPassword: (by) => discardFirstPassword(start, files, by),
  })
  const tls = config.server.tls_enable ? readTlsFiles(config.server, 'server') : undefined
  const server = await openHttpServer({
    listen: config.server.listen,
    listener: toListener(app.fetch, log),
    clock,
    tls,
  })
  const beating = new AbortController()
  const beats = pulse.beatForEver(beating.signal, runs)
  try {
    if (!existsSync(`${PAGES}index.html`)) log.warn('interface_not_built', { folder: PAGES })
    announce(server, log, { isTls: tls !== undefined, trustedProxies: config.server.trusted_proxies })
    const refused = new AbortController()
    const end = AbortSignal.any([stop, refused.signal])
    beats.catch((error) => refused.abort(error))
    if (ready)
      Promise.all([ready, awaitSharedAccount(start, files, end)]).catch((error) => refused.abort(error))
    const { audit_retention_days: days, audit_max_rows: maxRows } = config.ops
    const followed = [
      ...(tls
        ? [{ section: 'server', keys: config.server, files: tls, renew: server.renewTls } as const]
        : []),
      ...(config.etcd.tls_enable
        ? [{ section: 'etcd', keys: config.etcd, files: etcdFiles, renew: etcd.renewTls } as const]
        : []),
    ]
    await runTogether(
      [
        (signal) => sweepStateForEver({ state, clock, log }, signal),
        (signal) => followSecrets({ keys, ...secrets, clock, log }, signal),
        (signal) => sweepAuditForEver({ state, clock, log }, { kept: { days, maxRows }, signal }),
        (signal) => sweepRunsForEver({ state, clock, log }, { days, signal }),
        ...followed.map((one) => (signal: AbortSignal) => followTlsFiles({ ...one, clock, log }, signal)),
      ],
      end,
    )
    log.info('api_stopping')
    refused.signal.throwIfAborted()
  } finally {
    // before what it answers from is closed; runs end beside the requests that wait for them
    await Promise.all([server.drain(runs.stopLimit()), runs[Symbol.asyncDispose]()])
    beating.abort() // whoever still sends a snapshot lives
    await beats
  }
}

interface OpenedState {
  readonly state: StateStore
  /** Of a store that several hosts share: settles when it has answered. @throws StartRefused when it cannot be used */
  readonly ready?: Promise<void>
}

async function openState(
  { storage, 'storage.state': { url, pool_size } }: Config,
  place: FirstStartPlace,
): Promise<OpenedState> {
  if (url) return openPostgresState({ url, poolSize: pool_size, kind: 'api', clock, random })
  const file = `${storage.data_dir}/state.db`
  const size = statSync(file, { throwIfNoEntry: false })?.size
  if (!size) refuseLostAccounts(place) // before a new one stands where the old one is to be restored
  return { state: await openSqliteState(file, { clock, random }) }
}

function openMetrics(config: Config, log: Log): MetricsReader {
  const { storage, collector } = config
  const access = configuredAccess(config)
  if (!access) return openSqliteMetricsReader({ dataDir: storage.data_dir, clock, log })
  const [intervalMs, retentionDays] = [collector.interval * 1_000, storage.retention_days]
  return openInfluxReader({ access, clock, log, intervalMs, retentionDays })
}

async function openKeys({ auth, storage, 'storage.state': { driver } }: Config) {
  const { secret_file: file } = auth
  const place = { file, isOurs: file === `${storage.data_dir}/secret`, isShared: driver === 'postgres' }
  const secrets = await openSecretFile({ ...place, random })
  const keys = createLiveKeyRing(await deriveKeyRing(secrets))
  return { keys, secrets, file, read: () => readSecretFile(place) }
}

type Answer = (request: Request, connection: Connection) => Response | Promise<Response>

function toListener(answer: Answer, log: Log): HttpListener {
  return getRequestListener(
    (request, { incoming, outgoing }) => {
      const fault = findHeadFault(incoming.rawHeaders)
      return answer(request, {
        peer: incoming.socket.remoteAddress ?? '',
        answered: () => untilAnswered(outgoing),
        ...(fault !== undefined && { fault }),
      })
    },
    {
      hostname: 'localhost', // HTTP/1.0 needs no Host
      errorHandler(error) {
        if (error instanceof RequestError)
          return answer(new Request('http://localhost/'), {
            peer: '',
            fault: 'the target or the Host of the request cannot be read',
          })
        log.error('request_failed', { error })
        return new Response(null, { status: 500 })
      },
    },
  )
}

/** Once for people and log readers, once for the process that started us. */
function announce({ address, port }: HttpServer, log: Log, served: Served): void {
  const { isTls: tls } = served
  log.info('api_listening', { address, port, tls })
  const message = plainHttpWarning({ address, ...served })
  if (message !== undefined) log.warn('plain_http', { message })
  process.send?.({ event: 'api_listening', address, port, tls })
}

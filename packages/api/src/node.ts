import { existsSync, readFileSync } from 'node:fs'
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
import { gzip } from '@etcdmonitor/adapters/node/gzip'
import {
  findHeadFault,
  type HttpListener,
  type HttpServer,
  openHttpServer,
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
import { shownConfig } from '@etcdmonitor/core/config/shown-config'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import type { StateStore } from '@etcdmonitor/core/ports/state-store'
import { PRODUCT_VERSION } from '@etcdmonitor/core/version'
import { getRequestListener, RequestError } from '@hono/node-server'
import { createApp } from './app.ts'
import { createAuditTrail } from './audit/audit-trail.ts'
import { awaitSharedAccount, discardFirstPassword, ensureFirstAccount } from './auth/first-start.ts'
import { followSecrets } from './auth/follow-secrets.ts'
import { createLiveKeyRing, deriveKeyRing } from './auth/key-ring.ts'
import { startPulse } from './beat.ts'
import type { ApiSettings } from './deps.ts'
import type { Connection } from './http/api-env.ts'
import { sweepAuditForEver, sweepStateForEver } from './sweep-state.ts'

const COMMON_PASSWORDS = new URL('../assets/common-passwords.txt', import.meta.url)
const PAGES = fileURLToPath(new URL('../../ui/dist/', import.meta.url))
const DRAIN_LIMIT = 10_000
const STOP_LIMIT = 15_000
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
  const { ready, ...opened } = await openState(config)
  await using state = opened.state
  const start = { state, hasher, clock, random, log }
  if (ready) await Promise.race([ready, clock.sleep(STATE_PATIENCE, stop)])
  else await ensureFirstAccount(start, files)
  await using metrics = openMetrics(config, log)
  await using etcd = openConfiguredCluster(config, {
    tlsFiles: readTlsFiles(config.etcd),
    interval: config.collector.interval * 1_000,
    clock,
    log,
  })
  await using pulse = await startPulse({ ...state, clock, log }, THIS_PROCESS)
  await using audit = createAuditTrail(start)
  const app = createApp({
    ...start,
    audit,
    metrics,
    etcd,
    v2: etcd.v2,
    keys,
    settings: toSettings(config),
    gzip,
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
  try {
    if (!existsSync(`${PAGES}index.html`)) log.warn('interface_not_built', { folder: PAGES })
    announce(server, { log, isTls: tls !== undefined })
    const refused = new AbortController()
    const end = AbortSignal.any([stop, refused.signal])
    if (ready)
      Promise.all([ready, awaitSharedAccount(start, files, end)]).catch((error) => refused.abort(error))
    const { audit_retention_days: days, audit_max_rows: maxRows } = config.ops
    await Promise.all([
      sweepStateForEver({ state, clock, log }, end),
      pulse.beatForEver(end),
      followSecrets({ keys, ...secrets, clock, log }, end),
      sweepAuditForEver({ state, clock, log }, { kept: { days, maxRows }, signal: end }),
      tls && followTlsFiles({ keys: config.server, files: tls, renew: server.renewTls, clock, log }, end),
    ])
    log.info('api_stopping')
    refused.signal.throwIfAborted()
  } finally {
    await server.drain(DRAIN_LIMIT) // before what it answers from is closed
  }
}

interface OpenedState {
  readonly state: StateStore
  /** Of a store that several hosts share: settles when it has answered. @throws StartRefused when it cannot be used */
  readonly ready?: Promise<void>
}

async function openState({ storage, 'storage.state': { url, pool_size } }: Config): Promise<OpenedState> {
  if (url) return openPostgresState({ url, poolSize: pool_size, kind: 'api', clock, random })
  return { state: await openSqliteState(`${storage.data_dir}/state.db`, { clock, random }) }
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

function toSettings(config: Config): ApiSettings {
  const { etcd, server, collector, storage, auth, kv_manager: kv } = config
  return {
    endpoints: etcd.endpoint,
    interval: collector.interval * 1_000,
    retentionDays: storage.retention_days,
    isTlsUnverified: etcd.tls_insecure_skip_verify,
    trustedProxies: server.trusted_proxies,
    isTls: server.tls_enable,
    allowedHosts: server.allowed_hosts.map((host) => host.toLowerCase()),
    sessionTimeoutSeconds: server.session_timeout,
    minPasswordLength: auth.min_password_length,
    lockout: { threshold: auth.lockout_threshold, durationSeconds: auth.lockout_duration_seconds },
    loginRatePerMinute: auth.login_rate_per_minute,
    metricsDriver: config['storage.metrics'].driver,
    stateDriver: config['storage.state'].driver,
    appVersion: PRODUCT_VERSION,
    nodeVersion: process.versions.node,
    isDebugOn: server.debug_endpoint,
    isOpsOn: config.ops.ops_enable,
    shownConfig: shownConfig(config),
    kv: {
      separator: kv.separator,
      requestTimeout: kv.request_timeout * 1_000,
      maxValueBytes: kv.max_value_size,
      maxKeys: kv.max_keys,
      isReadOnly: kv.read_only,
    },
    hostName: hostname(),
  }
}

type Answer = (request: Request, connection: Connection) => Response | Promise<Response>

function toListener(answer: Answer, log: Log): HttpListener {
  return getRequestListener(
    (request, { incoming }) => {
      const fault = findHeadFault(incoming.rawHeaders)
      return answer(request, {
        peer: incoming.socket.remoteAddress ?? '',
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
function announce(
  { address, port }: HttpServer,
  { log, isTls }: { readonly log: Log; readonly isTls: boolean },
): void {
  log.info('api_listening', { address, port, tls: isTls })
  process.send?.({ event: 'api_listening', address, port, tls: isTls })
}

import { z } from 'zod'
import type { Secret } from '../secret.ts'
import { endpoints, listenAddress, metricsEndpoint, optionalListenAddress } from './endpoints.ts'
import * as form from './key-forms.ts'

interface KeyNote {
  /** Ends the sentence "wanted …". */
  readonly wanted: string
  /** Its value is never shown; the key of the same name with `_file` names a file that holds it. */
  readonly isSecret?: true
}

export const VARIABLE_PREFIX = 'ETCDMONITOR_'
const NOTES = z.registry<KeyNote>()
const MAX_ENTRIES = 256

/** The default is read like a value. */
function key<T extends z.ZodType>(
  accepted: T,
  fallback: z.core.util.NoUndefined<z.input<T>>,
  wanted: string,
  kind?: { isSecret: true },
) {
  const form = z.prefault(accepted, fallback)
  NOTES.add(form, { wanted, ...kind })
  return form
}

const yesOrNo = (fallback: boolean) => key(form.flag, fallback, 'true or false')
const text = (wanted: string) => key(form.text, '', wanted)
const optionalFile = () => text('the path of a file, or ""')

const integer = (fallback: number, min: number, max: number) =>
  key(form.integer(min, max), fallback, `a whole number from ${min} to ${max}`)

const seconds = (fallback: number, min: number, max: number, zero?: 'or 0') =>
  key(
    form.seconds(min, max, zero),
    fallback,
    `${zero ? '0, or ' : ''}${min} to ${max} seconds as a whole number, or text such as 30s, 5m, 1h`,
  )

const listOf = <T extends z.ZodType>(wanted: string, item: T) =>
  key(form.list(item, MAX_ENTRIES).readonly(), [], `a list of ${wanted}, or text with commas`)

const secret = (path: string, accepted: z.ZodType<Secret | undefined, string>) =>
  key(accepted, '', `\${NAME} for an environment variable, or the key ${path}_file`, { isSecret: true })

/**
 * Every key, by section; `api.md` 12 is the authority for names, bounds and meaning. A section inside another stands beside it, with both
 * names. Adding a key here and to `config.yaml` is all it takes: its environment variable, checks and messages follow.
 */
export const CONFIG_SCHEMA = z.strictObject({
  etcd: z.strictObject({
    endpoint: key(
      endpoints,
      'http://127.0.0.1:2379',
      '1 to 32 URLs http(s)://host:port of one scheme, as a list or text with commas',
    ),
    username: text('text; "" = no authentication'),
    password: secret('etcd.password', form.secret),
    password_file: optionalFile(),
    metrics_path: key(form.urlPath, '/metrics', 'a path that begins with /'),
    metrics_endpoint: key(
      metricsEndpoint,
      '',
      '"", a template such as http://{host}:2381, or a list of URLs http(s)://host:port, one per etcd.endpoint',
    ),
    tls_enable: yesOrNo(false),
    tls_cert: optionalFile(),
    tls_key: optionalFile(),
    tls_ca_cert: optionalFile(),
    tls_server_name: key(form.serverName, '', 'a host name, or "" for that of the endpoint'),
    tls_insecure_skip_verify: yesOrNo(false),
    member_allow_cidrs: listOf('networks such as 10.0.0.0/8 or 10.0.0.1/32', form.cidr),
  }),
  server: z.strictObject({
    listen: key(listenAddress, ':9090', '[host]:port, port 1 to 65535'),
    tls_enable: yesOrNo(false),
    tls_cert: optionalFile(),
    tls_key: optionalFile(),
    session_timeout: seconds(3600, 60, 31_536_000, 'or 0'),
    allowed_hosts: listOf('host names without port', form.hostName),
    trusted_proxies: listOf('networks such as 10.0.0.0/8 or 10.0.0.1/32', form.cidr),
    debug_endpoint: yesOrNo(true),
  }),
  collector: z.strictObject({
    interval: seconds(30, 1, 3600),
    timeout: seconds(0, 1, 3600, 'or 0'),
    discovery_interval: seconds(60, 5, 3600),
    listen: key(optionalListenAddress, '', '[host]:port, port 1 to 65535, or ""'),
  }),
  storage: z.strictObject({
    data_dir: key(form.path, 'data', 'the path of a folder on a local file system'),
    retention_days: integer(7, 1, 3_650),
    outbox_max_mb: integer(256, 16, 65_536),
    outbox_max_hours: integer(24, 1, 720),
  }),
  'storage.metrics': z.strictObject({
    driver: key(z.enum(['sqlite', 'influxdb'], 'is none of them'), 'sqlite', 'sqlite or influxdb'),
    url: key(form.influxUrl, '', 'the URL of an InfluxDB 2 such as http://host:8086, or ""'),
    org: key(form.influxName, '', 'up to 128 characters'),
    bucket: key(form.influxName, '', 'up to 128 characters'),
    token: secret('storage.metrics.token', form.secret),
    token_file: optionalFile(),
  }),
  'storage.state': z.strictObject({
    driver: key(z.enum(['sqlite', 'postgres'], 'is none of them'), 'sqlite', 'sqlite or postgres'),
    url: secret('storage.state.url', form.postgresUrl),
    url_file: optionalFile(),
    pool_size: integer(10, 1, 100),
  }),
  ops: z.strictObject({
    ops_enable: yesOrNo(true),
    audit_retention_days: integer(90, 1, 3_650),
    audit_max_rows: integer(1_000_000, 10_000, 100_000_000),
  }),
  auth: z.strictObject({
    min_password_length: integer(8, 8, 128),
    lockout_threshold: integer(5, 1, 100),
    lockout_duration_seconds: seconds(900, 1, 86_400),
    login_rate_per_minute: integer(300, 0, 100_000),
    secret_file: text('the path of a file, or "" for <data>/secret'),
    initial_admin_password_file: optionalFile(),
  }),
  kv_manager: z.strictObject({
    separator: key(form.separator, '/', 'text of 1 to 16 bytes without control characters'),
    request_timeout: seconds(30, 1, 60),
    max_value_size: integer(2_097_152, 1_024, 67_108_864),
    max_keys: integer(1_000_000, 1_000, 10_000_000),
    read_only: yesOrNo(false),
  }),
  log: z.strictObject({
    level: key(
      z.enum(['debug', 'info', 'warn', 'error'], 'is none of them'),
      'info',
      'debug, info, warn or error',
    ),
  }),
})

type Values = z.output<typeof CONFIG_SCHEMA>

/** The values by section and key. Durations are whole seconds; `auth.secret_file` is filled in. */
export type Config = { readonly [S in keyof Values]: Readonly<Values[S]> }

export const SECTIONS: readonly string[] = Object.keys(CONFIG_SCHEMA.shape)

/** In the schema's order; a path is such as `etcd.endpoint`. */
export const KEYS = Object.entries(CONFIG_SCHEMA.shape).flatMap(([section, { shape }]) =>
  Object.entries<z.ZodType>(shape).map(([name, form]) => ({
    section,
    name,
    path: `${section}.${name}`,
    variable: `${VARIABLE_PREFIX}${section}_${name}`.replaceAll('.', '_').toUpperCase(),
    ...(NOTES.get(form) ?? { wanted: '' }), // each has one, by key()
  })),
)

export type Key = (typeof KEYS)[number]

import { toSecret } from '../secret.ts'
import { readEndpoints, readListen, readMetricsEndpoint } from './endpoints.ts'
import type { Key } from './key-forms.ts'
import * as form from './key-forms.ts'

const yesOrNo = (fallback: boolean): Key<boolean> => ({
  fallback,
  wanted: 'true or false',
  read: form.readFlag,
})
const text = (wanted: string): Key<string> => ({ fallback: '', wanted, read: form.readText })
const optionalFile = text('the path of a file, or ""')

const integer = (fallback: number, min: number, max: number): Key<number> => ({
  fallback,
  wanted: `a whole number from ${min} to ${max}`,
  read: form.readInteger(min, max),
})

const seconds = (fallback: number, min: number, max: number, zero?: 'or 0'): Key<number> => ({
  fallback,
  wanted: `${zero ? '0, or ' : ''}${min} to ${max} seconds as a whole number, or text such as 30s, 5m, 1h`,
  read: form.readSeconds(min, max, zero),
})

const listOf = (wanted: string, read: (item: string) => string): Key<readonly string[]> => ({
  fallback: [],
  wanted: `a list of ${wanted}, or text with commas`,
  read: form.readList(MAX_ENTRIES, read),
})

const MAX_ENTRIES = 256

/**
 * Every key, by section; `api.md` 12 is the authority for names, bounds and meaning. Adding one here and to `config.yaml` is
 * all it takes: its environment variable, checks and messages follow.
 */
export const CONFIG_SCHEMA = {
  etcd: {
    endpoint: {
      fallback: 'http://127.0.0.1:2379',
      wanted: '1 to 32 URLs http(s)://host:port of one scheme, as a list or text with commas',
      read: readEndpoints,
    },
    username: text('text; "" = no authentication'),
    password: {
      fallback: '',
      wanted: `\${NAME} for an environment variable, or the key etcd.password_file`,
      read: (raw: unknown) => (raw === '' ? undefined : toSecret(form.readText(raw))),
      isSecret: true,
    },
    password_file: optionalFile,
    metrics_path: { fallback: '/metrics', wanted: 'a path that begins with /', read: form.readUrlPath },
    metrics_endpoint: {
      fallback: '',
      wanted:
        '"", a template such as http://{host}:2381, or a list of URLs http(s)://host:port, one per etcd.endpoint',
      read: readMetricsEndpoint,
    },
    tls_enable: yesOrNo(false),
    tls_cert: optionalFile,
    tls_key: optionalFile,
    tls_ca_cert: optionalFile,
    tls_server_name: {
      fallback: '',
      wanted: 'a host name, or "" for that of the endpoint',
      read: form.readServerName,
    },
    tls_insecure_skip_verify: yesOrNo(false),
    member_allow_cidrs: listOf('networks such as 10.0.0.0/8', form.readCidr),
  },
  server: {
    listen: { fallback: ':9090', wanted: '[host]:port, port 1 to 65535', read: readListen },
    session_timeout: seconds(3600, 60, 31_536_000, 'or 0'),
    allowed_hosts: listOf('host names without port', form.readHostName),
  },
  collector: {
    interval: seconds(30, 1, 3600),
    timeout: seconds(0, 1, 3600, 'or 0'),
    discovery_interval: seconds(60, 5, 3600),
  },
  storage: {
    data_dir: {
      fallback: 'data',
      wanted: 'the path of a folder on a local file system',
      read: form.readPath,
    },
  },
  auth: {
    min_password_length: integer(8, 8, 128),
    login_rate_per_minute: integer(300, 0, 100_000),
    secret_file: text('the path of a file, or "" for <data>/secret'),
    initial_admin_password_file: optionalFile,
  },
  log: {
    level: {
      fallback: 'info',
      wanted: 'debug, info, warn or error',
      read: form.readOneOf(['debug', 'info', 'warn', 'error']),
    },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Key<unknown>>>>>

type Schema = typeof CONFIG_SCHEMA

/** The values by section and key. Durations are whole seconds; `auth.secret_file` is filled in. */
export type Config = {
  readonly [S in keyof Schema]: {
    readonly [K in keyof Schema[S]]: Schema[S][K] extends Key<infer T> ? T : never
  }
}

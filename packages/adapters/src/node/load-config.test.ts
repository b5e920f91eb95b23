// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of the configuration
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KEYS } from '@etcdmonitor/core/config/config-schema'
import { StartRefused } from '@etcdmonitor/core/errors'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type ConfigPlace, loadConfig } from './load-config.ts'

let folder: string
let files = 0

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-config-'))
  makeTlsFiles(folder)
  writeFileSync(join(folder, 'password'), 'from-file\n')
  writeFileSync(join(folder, 'text'), 'no certificate')
  mkdirSync(join(folder, 'sub'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Loads a file with this text, in which `DIR` stands for the test's folder. */
function load(text: string, env: ConfigPlace['env'] = {}) {
  files += 1
  const file = join(folder, `${files}.yaml`)
  writeFileSync(file, `${text.replaceAll('DIR', folder)}\n`)
  return loadConfig({ file, env })
}

function problemsOf(text: string, env?: ConfigPlace['env']): readonly string[] {
  try {
    load(text, env)
    return []
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error
    return error.problems.map((problem) => problem.replaceAll(folder, 'DIR'))
  }
}

const wantedSeconds = (bounds: string) =>
  `wanted ${bounds} seconds as a whole number, or text such as 30s, 5m, 1h`
const endpoints = 'wanted 1 to 32 URLs http(s)://host:port of one scheme, as a list or text with commas'
const metrics =
  'wanted "", a template such as http://{host}:2381, or a list of URLs http(s)://host:port, one per etcd.endpoint'
const hosts = 'wanted a list of host names without port, or text with commas'
const networks = 'wanted a list of networks such as 10.0.0.0/8 or 10.0.0.1/32, or text with commas'
const listen = 'wanted [host]:port, port 1 to 65535'
const many = `[${Array.from({ length: 33 }, (_, index) => `http://h${index}:1`).join(', ')}]`

// biome-ignore format: one case a line
const FAULTS: readonly [name: string, text: string, problem: string][] = [
  // shape of the file
  ['a file that is text', 'just text', 'the file: is no mapping; wanted sections with keys'],
  ['a file that is a list', '- etcd', 'the file: is no mapping; wanted sections with keys'],
  ['a section that is a value', 'etcd: 5', 'etcd: is no mapping; wanted keys below it'],
  ['a section that is a list', 'log: [info]', 'log: is no mapping; wanted keys below it'],
  ['an unknown section near a known one', 'colector: {}', 'colector: unknown section; did you mean collector?'],
  ['an unknown section', 'influx: {}', 'influx: unknown section; wanted one of etcd, server, collector, storage, ops, auth, kv_manager, log'],
  ['a key with dots', 'log.level: info', 'log.level: unknown section; did you mean log: { level }?'],
  ['__proto__ as a section', '__proto__: {a: 1}', '__proto__: unknown section; wanted one of etcd, server, collector, storage, ops, auth, kv_manager, log'],
  ['an unknown key near a known one', 'collector: {intervall: 5}', 'collector.intervall: unknown key; did you mean collector.interval?'],
  ['a key of another section', 'server: {data_dir: x}', 'server.data_dir: unknown key; did you mean storage.data_dir?'],
  ['an unknown key, whose value may be a secret', 'etcd: {secret_token: hunter2}', 'etcd.secret_token: unknown key'],
  ['constructor as a key', 'log: {constructor: 1}', 'log.constructor: unknown key'],
  ['a key that nobody knows', 'server: {trust: []}', 'server.trust: unknown key'],
  ['a key beside a legacy one', 'service: {colour: red}', 'service.colour: unknown key'],
  ['no separator', 'kv_manager: {separator: ""}', 'kv_manager.separator: is empty, or longer than 16 bytes; wanted text of 1 to 16 bytes without control characters; got ""'],
  ['a separator of 17 bytes', 'kv_manager: {separator: éééééééé1}', 'kv_manager.separator: is empty, or longer than 16 bytes; wanted text of 1 to 16 bytes without control characters; got "éééééééé1"'],
  // etcd.endpoint
  ['no endpoint', 'etcd: {endpoint: ""}', `etcd.endpoint: is empty; ${endpoints}; got ""`],
  ['an empty list', 'etcd: {endpoint: []}', `etcd.endpoint: is empty; ${endpoints}; got []`],
  ['an empty value', 'etcd: {endpoint: }', `etcd.endpoint: is not text; ${endpoints}; got null`],
  ['a number', 'etcd: {endpoint: 2379}', `etcd.endpoint: is not text; ${endpoints}; got 2379`],
  ['no scheme', 'etcd: {endpoint: "etcd:2379"}', `etcd.endpoint: is no URL; ${endpoints}; got "etcd:2379"`],
  ['another scheme', 'etcd: {endpoint: ftp://etcd:2379}', `etcd.endpoint: has the scheme ftp; ${endpoints}; got "ftp://etcd:2379"`],
  ['no port', 'etcd: {endpoint: http://etcd}', `etcd.endpoint: has no port; ${endpoints}; got "http://etcd"`],
  ['port 0', 'etcd: {endpoint: http://etcd:0}', `etcd.endpoint: has the port 0; ${endpoints}; got "http://etcd:0"`],
  ['port 65536', 'etcd: {endpoint: http://etcd:65536}', `etcd.endpoint: has the port 65536; ${endpoints}; got "http://etcd:65536"`],
  ['user info', 'etcd: {endpoint: "http://root:hun/ter2@etcd:2379"}', `etcd.endpoint: has user info: use etcd.username and etcd.password; ${endpoints}; got "http://***@etcd:2379"`],
  ['a path', 'etcd: {endpoint: http://etcd:2379/v3}', `etcd.endpoint: has a path, a query or a fragment; ${endpoints}; got "http://etcd:2379/v3"`],
  ['a query', 'etcd: {endpoint: "http://etcd:2379?a=1"}', `etcd.endpoint: has a path, a query or a fragment; ${endpoints}; got "http://etcd:2379?a=1"`],
  ['an impossible host', 'etcd: {endpoint: "http://-:2379"}', `etcd.endpoint: names no host; ${endpoints}; got "http://-:2379"`],
  ['an IPv6 address without brackets', 'etcd: {endpoint: "http://::1:2379"}', `etcd.endpoint: is no URL; ${endpoints}; got "http://::1:2379"`],
  ['two schemes', 'etcd: {endpoint: [http://a:1, https://b:1]}', `etcd.endpoint: entry 2, "https://b:1", has another scheme than entry 1; ${endpoints}; got ["http://a:1", "https://b:1"]`],
  ['one of two wrong', 'etcd: {endpoint: "http://a:1,b:1"}', `etcd.endpoint: entry 2, "b:1", is no URL; ${endpoints}; got "http://a:1,b:1"`],
  ['one of two with a password', 'etcd: {endpoint: "http://a:1,http://root:hun/ter2@b:1"}', `etcd.endpoint: entry 2, "http://***@b:1", has user info: use etcd.username and etcd.password; ${endpoints}; got "http://***@b:1"`],
  ['a network that is none behind one', 'server: {trusted_proxies: [10.0.0.0/8, 10.0.0.0/33]}', `server.trusted_proxies: entry 2, "10.0.0.0/33", is no CIDR; ${networks}; got ["10.0.0.0/8", "10.0.0.0/33"]`],
  ['a list with a mapping', 'etcd: {endpoint: [{a: 1}]}', `etcd.endpoint: is not text; ${endpoints}; got [something with parts]`],
  ['33 endpoints', `etcd: {endpoint: ${many}}`, `etcd.endpoint: has more than 32 entries; ${endpoints}; got ["http://h0:1", "http://h1:1", "http://h2:1", "http://h3:1", "http://h4:1", "http://h5:1", "http://h…`],
  // etcd: authentication and metrics
  ['a user without password', 'etcd: {username: root}', 'etcd.username: is set without etcd.password; wanted both or neither'],
  ['a password without user', 'etcd: {password_file: DIR/password}', 'etcd.username: is empty beside etcd.password; wanted both or neither'],
  ['a literal password', 'etcd: {username: root, password: hunter2}', 'etcd.password: a secret must not stand in the file itself; wanted ${NAME} for an environment variable, or the key with _file'],
  ['a number as password', 'etcd: {username: root, password: 123456}', 'etcd.password: a secret must not stand in the file itself; wanted ${NAME} for an environment variable, or the key with _file'],
  ['an escaped reference alone', 'etcd: {username: root, password: "$${NAME}"}', 'etcd.password: a secret must not stand in the file itself; wanted ${NAME} for an environment variable, or the key with _file'],
  ['a variable that is not set', 'etcd: {username: root, password: "${NO_SUCH}"}', 'etcd.password: names the environment variable NO_SUCH, which is not set'],
  ['a reference that does not end', 'etcd: {username: root, password: "${SECRET"}', 'etcd.password: has a ${ that is no reference to an environment variable; a literal one is $${'],
  ['a password file that is missing', 'etcd: {username: root, password_file: DIR/none}', 'etcd.password_file: does not exist; wanted a file with the secret; got "DIR/none"'],
  ['a password file that is a folder', 'etcd: {username: root, password_file: DIR/sub}', 'etcd.password_file: is a folder; wanted a file with the secret; got "DIR/sub"'],
  ['two passwords', 'etcd: {username: root, password: "${SECRET}", password_file: DIR/password}', 'etcd.password: stands beside etcd.password_file; wanted one of the two'],
  ['a number as user', 'etcd: {username: 5, password: "${SECRET}"}', 'etcd.username: is not text; wanted text; "" = no authentication; got 5'],
  ['a metrics path without slash', 'etcd: {metrics_path: metrics}', 'etcd.metrics_path: does not begin with /; wanted a path that begins with /; got "metrics"'],
  ['a metrics path with query', 'etcd: {metrics_path: "/metrics?a"}', 'etcd.metrics_path: has a query, a fragment or a space; wanted a path that begins with /; got "/metrics?a"'],
  ['a metrics template without port', 'etcd: {metrics_endpoint: "http://{host}"}', `etcd.metrics_endpoint: has no port; ${metrics}; got "http://{host}"`],
  ['a metrics template with path', 'etcd: {metrics_endpoint: "http://{host}:1/metrics"}', `etcd.metrics_endpoint: has a path, a query or a fragment; ${metrics}; got "http://{host}:1/metrics"`],
  ['a template within a list', 'etcd: {metrics_endpoint: ["http://{host}:1"]}', `etcd.metrics_endpoint: names no host; ${metrics}; got ["http://{host}:1"]`],
  ['an empty list of metrics URLs', 'etcd: {metrics_endpoint: []}', `etcd.metrics_endpoint: is an empty list; ${metrics}; got []`],
  ['fewer metrics URLs than endpoints', 'etcd: {endpoint: [http://a:1, http://b:1], metrics_endpoint: http://a:2}', 'etcd.metrics_endpoint: has 1 URLs for 2 of etcd.endpoint; wanted one for each, in the same order'],
  ['a network that is none', 'etcd: {member_allow_cidrs: [10.0.0.0]}', `etcd.member_allow_cidrs: is no CIDR; ${networks}; got ["10.0.0.0"]`],
  ['a proxy that is no network', 'server: {trusted_proxies: 10.0.0.1}', `server.trusted_proxies: is no CIDR; ${networks}; got "10.0.0.1"`],
  ['a network mask of 33', 'etcd: {member_allow_cidrs: 10.0.0.0/33}', `etcd.member_allow_cidrs: is no CIDR; ${networks}; got "10.0.0.0/33"`],
  // etcd: TLS
  ['https without tls_enable', 'etcd: {endpoint: https://a:1}', 'etcd.tls_enable: is false but etcd.endpoint says https; wanted true with https, false with http'],
  ['http with tls_enable', 'etcd: {tls_enable: true}', 'etcd.tls_enable: is true but etcd.endpoint says http; wanted true with https, false with http'],
  ['yes instead of true', 'etcd: {tls_enable: yes}', 'etcd.tls_enable: is neither true nor false; wanted true or false; got "yes"'],
  ['a certificate without key', 'etcd: {tls_cert: DIR/cert.pem}', 'etcd.tls_cert: is set without etcd.tls_key; wanted both or neither'],
  ['a key without certificate', 'etcd: {tls_key: DIR/key.pem}', 'etcd.tls_cert: is empty beside etcd.tls_key; wanted both or neither'],
  ['a key of another certificate', 'etcd: {tls_cert: DIR/cert.pem, tls_key: DIR/other.pem}', 'etcd.tls_key: does not fit the certificate; wanted the key of etcd.tls_cert; got "DIR/other.pem"'],
  ['an encrypted key', 'etcd: {tls_cert: DIR/cert.pem, tls_key: DIR/encrypted.pem}', 'etcd.tls_key: holds an encrypted key; wanted a readable PEM key without a passphrase; got "DIR/encrypted.pem"'],
  ['a key file without key', 'etcd: {tls_cert: DIR/cert.pem, tls_key: DIR/text}', 'etcd.tls_key: holds no PEM key; wanted a readable PEM key without a passphrase; got "DIR/text"'],
  ['a certificate file without certificate', 'etcd: {tls_cert: DIR/key.pem, tls_key: DIR/key.pem}', 'etcd.tls_cert: holds no PEM certificate; wanted a readable PEM certificate; got "DIR/key.pem"'],
  ['a CA file that is missing', 'etcd: {tls_ca_cert: DIR/none}', 'etcd.tls_ca_cert: does not exist; wanted readable PEM certificates; got "DIR/none"'],
  ['a CA file that is damaged', 'etcd: {tls_ca_cert: DIR/damaged.pem}', 'etcd.tls_ca_cert: holds a certificate that cannot be parsed; wanted readable PEM certificates; got "DIR/damaged.pem"'],
  ['a server name with port', 'etcd: {tls_server_name: "etcd:2379"}', 'etcd.tls_server_name: is no host name; wanted a host name, or "" for that of the endpoint; got "etcd:2379"'],
  // server
  ['a port alone', 'server: {listen: 9090}', `server.listen: is not text; ${listen}; got 9090`],
  ['a host alone', 'server: {listen: localhost}', `server.listen: is no [host]:port; ${listen}; got "localhost"`],
  ['an IPv6 address without brackets', 'server: {listen: "::1:9090"}', `server.listen: is no [host]:port; ${listen}; got "::1:9090"`],
  ['port 70000', 'server: {listen: ":70000"}', `server.listen: has the port 70000; ${listen}; got ":70000"`],
  ['a negative time', 'server: {session_timeout: -1}', `server.session_timeout: is less than allowed; ${wantedSeconds('0, or 60 to 31536000')}; got -1`],
  ['TLS without a key', 'server: {tls_enable: true}', 'server.tls_enable: is true; wanted server.tls_cert and server.tls_key with it'],
  ['a certificate without TLS', 'server: {tls_cert: a.pem}', 'server.tls_enable: is false beside server.tls_cert or server.tls_key; wanted true, or none of them'],
  ['59 seconds', 'server: {session_timeout: 59s}', `server.session_timeout: is less than allowed; ${wantedSeconds('0, or 60 to 31536000')}; got "59s"`],
  ['more than a year', 'server: {session_timeout: 366d}', `server.session_timeout: is more than allowed; ${wantedSeconds('0, or 60 to 31536000')}; got "366d"`],
  ['a host with port', 'server: {allowed_hosts: ["etcd.example:443"]}', `server.allowed_hosts: is no host name; ${hosts}; got ["etcd.example:443"]`],
  ['a host with scheme', 'server: {allowed_hosts: http://etcd.example}', `server.allowed_hosts: is no host name; ${hosts}; got "http://etcd.example"`],
  // collector
  ['interval 0', 'collector: {interval: 0}', `collector.interval: is less than allowed; ${wantedSeconds('1 to 3600')}; got 0`],
  ['interval 3601', 'collector: {interval: 3601}', `collector.interval: is more than allowed; ${wantedSeconds('1 to 3600')}; got 3601`],
  ['half a second', 'collector: {interval: 0.5}', `collector.interval: is no duration in whole seconds; ${wantedSeconds('1 to 3600')}; got 0.5`],
  ['milliseconds', 'collector: {interval: 500ms}', `collector.interval: is no duration in whole seconds; ${wantedSeconds('1 to 3600')}; got "500ms"`],
  ['not a number', 'collector: {interval: .nan}', `collector.interval: is no duration in whole seconds; ${wantedSeconds('1 to 3600')}; got NaN`],
  ['a negative timeout', 'collector: {timeout: -5}', `collector.timeout: is less than allowed; ${wantedSeconds('0, or 1 to 3600')}; got -5`],
  ['a timeout above the interval', 'collector: {timeout: 31}', 'collector.timeout: is 31 s, more than collector.interval (30 s); wanted at most that, or 0'],
  ['a listener of the collector without port', 'collector: {listen: localhost}', `collector.listen: is no [host]:port; ${listen}, or ""; got "localhost"`],
  ['both listeners on one port', 'collector: {listen: "127.0.0.1:9090"}', 'collector.listen: has the port 9090 of server.listen; wanted another one'],
  ['discovery every 4 s', 'collector: {discovery_interval: 4}', `collector.discovery_interval: is less than allowed; ${wantedSeconds('5 to 3600')}; got 4`],
  // storage, auth, log
  ['no data folder', 'storage: {data_dir: ""}', 'storage.data_dir: is empty; wanted the path of a folder on a local file system; got ""'],
  ['a path with NUL', 'storage: {data_dir: "a\\0b"}', 'storage.data_dir: holds a control character; wanted the path of a folder on a local file system; got "a\\u0000b"'],
  ['short passwords', 'auth: {min_password_length: 7}', 'auth.min_password_length: is less than allowed; wanted a whole number from 8 to 128; got 7'],
  ['endless passwords', 'auth: {min_password_length: 129}', 'auth.min_password_length: is more than allowed; wanted a whole number from 8 to 128; got 129'],
  ['a part of an attempt', 'auth: {login_rate_per_minute: 1.5}', 'auth.login_rate_per_minute: is not a whole number; wanted a whole number from 0 to 100000; got 1.5'],
  ['infinitely many attempts', 'auth: {login_rate_per_minute: .inf}', 'auth.login_rate_per_minute: is not a whole number; wanted a whole number from 0 to 100000; got Infinity'],
  ['a mapping as path', 'auth: {secret_file: {a: 1}}', 'auth.secret_file: is not text; wanted the path of a file, or "" for <data>/secret; got something with parts'],
  ['an unknown level', 'log: {level: trace}', 'log.level: is none of them; wanted debug, info, warn or error; got "trace"'],
  ['a level in capitals', 'log: {level: INFO}', 'log.level: is none of them; wanted debug, info, warn or error; got "INFO"'],
]

describe('loadConfig refuses', () => {
  it.each(FAULTS)('F28 %s: %s', (_name, text, problem) => {
    expect(problemsOf(text, { SECRET: 'hunter2' })).toEqual([problem])
  })

  it('F28 names all problems at once, each on a line of its own', () => {
    const text = `
      collector: {interval: 0}
      auth: {min_password_length: 7}
      log: {lvel: info}
      etcd: {username: root, tls_ca_cert: DIR/none}
      storage: {data_dir: DIR/text}`
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(/^collector\.interval: is less/),
      expect.stringMatching(/^auth\.min_password_length: is less/),
      'log.lvel: unknown key; did you mean log.level?',
      expect.stringMatching(/^etcd\.username: is set without/),
      expect.stringMatching(/^etcd\.tls_ca_cert: does not exist/),
      expect.stringMatching(/^storage\.data_dir: is no folder/),
    ])
  })

  it('F28 a file that is no YAML, by line and without what stands there', () => {
    expect(problemsOf('etcd:\n  password: "hunter2')).toEqual([
      expect.stringMatching(/^DIR\/\d+\.yaml:\d: is no YAML: Missing closing "quote$/),
    ])
    expect(problemsOf('log: {level: info, level: warn}')).toEqual([
      expect.stringMatching(/^DIR\/\d+\.yaml:1: is no YAML: Map keys must be unique$/),
    ])
  })

  it('F28 aliases that would fill the memory', () => {
    const bomb = 'abcdefgh'.split('').map((name, index, all) => {
      const before = all[index - 1]
      return `${name}: &${name} [${before ? Array(9).fill(`*${before}`).join(', ') : 'x'}]`
    })
    expect(problemsOf(bomb.join('\n'))).toEqual([expect.stringContaining('Excessive alias count')])
  })

  it('F28 a file of more than 1 MiB', () => {
    expect(problemsOf(`#${' '.repeat(1024 * 1024)}`)).toEqual([
      expect.stringMatching(/^DIR\/\d+\.yaml: is larger than 1048576 bytes$/),
    ])
  })

  it.each([
    ['named by --config', (file: string) => ({ file, env: {} })],
    ['named by ETCDMONITOR_CONFIG', (file: string) => ({ env: { ETCDMONITOR_CONFIG: file } })],
  ])('F28 a missing file %s', (_name, place) => {
    expect(() => loadConfig(place(join(folder, 'none.yaml')))).toThrow(
      `${folder}/none.yaml: does not exist; wanted a configuration file`,
    )
  })

  it('F28 a wrong value of the environment, by the name of its variable', () => {
    expect(problemsOf('collector: {interval: 5}', { ETCDMONITOR_COLLECTOR_INTERVAL: '0' })).toEqual([
      `collector.interval (ETCDMONITOR_COLLECTOR_INTERVAL): is less than allowed; ${wantedSeconds('1 to 3600')}; got "0"`,
    ])
  })

  it.each([
    ['{driver: postgres}', 'storage.state.url: is missing; wanted with storage.state.driver postgres'],
    [
      '{driver: sqlite, url: "${URL}"}',
      'storage.state.url: is set beside storage.state.driver sqlite; wanted the driver postgres, or no URL',
    ],
    ['5', 'storage.state: is no mapping; wanted keys below it'],
    ['{drivr: postgres}', 'storage.state.drivr: unknown key; did you mean storage.state.driver?'],
    [
      '{pool_size: 101}',
      'storage.state.pool_size: is more than allowed; wanted a whole number from 1 to 100; got 101',
    ],
    [
      '{driver: postgres, url: "http:${URL}"}',
      'storage.state.url: is no URL postgres://…; wanted ${NAME} for an environment variable, or the key storage.state.url_file',
    ],
    [
      '{url: "postgres://u:hunter2@h/db"}',
      expect.stringMatching(/^storage\.state\.url: a secret must not stand/),
    ],
  ])('the place of accounts in %s', (state, problem) => {
    const env = { URL: 'postgres://u:hunter2@h/db' }
    const problems = problemsOf(`storage: {state: ${state}}\nauth: {secret_file: /run/key}`, env)
    expect(problems).toEqual([problem])
    expect(problems.join()).not.toContain('hunter2')
  })

  it.each([
    [
      '{driver: influxdb}',
      ['url', 'org', 'bucket', 'token'].map(
        (name) => `storage.metrics.${name}: is missing; wanted with storage.metrics.driver influxdb`,
      ),
    ],
    [
      '{token: "${TOKEN}"}',
      [
        'storage.metrics.token: is set beside storage.metrics.driver sqlite; wanted the driver influxdb, or nothing',
      ],
    ],
    [
      '{driver: influxdb, url: "http://u:p@host:8086", org: o, bucket: b, token: "${TOKEN}"}',
      [
        'storage.metrics.url: is no URL http(s)://host:port; wanted the URL of an InfluxDB 2 such as http://host:8086, or ""; got "http://***@host:8086"',
      ],
    ],
    [
      '{driver: influxdb, url: "http://host:8086", org: o, bucket: b, token: hunter2}',
      [expect.stringMatching(/^storage\.metrics\.token: a secret must not stand/)],
    ],
  ])('the place of history in %s', (metrics, wanted) => {
    const problems = problemsOf(`storage: {metrics: ${metrics}}`, { TOKEN: 'hunter2' })
    expect(problems).toEqual(wanted)
    expect(problems.join()).not.toContain('hunter2')
  })

  it('PostgreSQL without a file for the key that all hosts have', () => {
    const env = { ETCDMONITOR_STORAGE_STATE_URL: 'postgres://u:hunter2@h/db' }
    expect(problemsOf('storage: {state: {driver: postgres}}', env)).toEqual([
      'auth.secret_file: is missing; wanted with storage.state.driver postgres: a file that is the same on every host',
    ])
  })

  it('never shows a secret', () => {
    const env = { SECRET: 'hunter2\u0000', ETCDMONITOR_ETCD_PASSWORD_FIL: 'hunter2' }
    const problems = problemsOf('etcd: {username: root, password: "a${SECRET}"}', env)
    expect(problems).toEqual([
      expect.stringMatching(/^etcd\.password: holds a control character; wanted/),
      expect.stringMatching(/^warning: ETCDMONITOR_ETCD_PASSWORD_FIL: unknown variable/),
    ])
    expect(problems.join()).not.toContain('hunter2')
  })
})

describe('loadConfig reads', () => {
  const readOne = (text: string, env?: ConfigPlace['env']) => load(text, env).config

  it('the shipped config.yaml, which equals the defaults and has every key', () => {
    const shipped = new URL('../../../../config.yaml', import.meta.url).pathname
    const defaults = load('')
    expect(loadConfig({ file: shipped, env: {} })).toEqual({ ...defaults, warnings: [] })
    expect(keysOf(parse(readFileSync(shipped, 'utf8')))).toEqual(KEYS.map(({ path }) => path))
  })

  it('the place of accounts, its URL from a file', () => {
    writeFileSync(join(folder, 'url'), 'postgres://u:hunter2@h/db\n')
    const text = `storage: {state: {driver: postgres, url_file: ${join(folder, 'url')}}}\nauth: {secret_file: /run/key}`
    const read = readOne(text, { ETCDMONITOR_STORAGE_STATE_POOL_SIZE: '3' })['storage.state']
    expect(read).toMatchObject({ driver: 'postgres', pool_size: 3 })
    expect(read.url?.reveal()).toBe('postgres://u:hunter2@h/db')
    expect(JSON.stringify(read)).not.toContain('hunter2')
  })

  it('the place of history, its token from a file', () => {
    writeFileSync(join(folder, 'token'), 'hunter2\n')
    const text = `storage: {metrics: {driver: influxdb, url: "https://host/influx/", org: o, bucket: b, token_file: ${join(folder, 'token')}}}`
    const read = readOne(text, { ETCDMONITOR_STORAGE_METRICS_BUCKET: 'c' })['storage.metrics']
    expect(read).toMatchObject({ driver: 'influxdb', url: 'https://host/influx', bucket: 'c' })
    expect(read.token?.reveal()).toBe('hunter2')
    expect(JSON.stringify(read)).not.toContain('hunter2')
  })

  it('sections without keys as defaults', () => {
    expect(readOne('etcd:\nserver: {}\n')).toEqual(readOne(''))
  })

  it('endpoints as a list or as text with commas', () => {
    const endpoint = ['http://a:1', 'http://[::1]:2379', 'http://etcd_1.net:65535']
    expect(readOne(`etcd: {endpoint: ${JSON.stringify(endpoint)}}`).etcd.endpoint).toEqual(endpoint)
    const text = 'http://a:1/, http://[::1]:2379,http://etcd_1.net:65535'
    expect(readOne('', { ETCDMONITOR_ETCD_ENDPOINT: text }).etcd.endpoint).toEqual(endpoint)
  })

  it.each([
    ['[http://m:1]', ['http://m:1']],
    ['http://m:1/', ['http://m:1']],
    ['"http://{host}:2381"', 'http://{host}:2381'],
    ['"https://{host}:2381/"', 'https://{host}:2381'],
    ['""', ''],
  ])('metrics_endpoint %s', (text, read) => {
    expect(readOne(`etcd: {metrics_endpoint: ${text}}`).etcd.metrics_endpoint).toEqual(read)
  })

  it.each([
    ['90', 90],
    ['"90"', 90],
    ['90s', 90],
    ['2m', 120],
    ['1h', 3600],
  ])('an interval of %s as %d seconds', (text, seconds) => {
    expect(readOne(`collector: {interval: ${text}}`).collector.interval).toBe(seconds)
  })

  it.each([
    [':9090', { host: '', port: 9090 }],
    ['127.0.0.1:80', { host: '127.0.0.1', port: 80 }],
    ['[::1]:9090', { host: '::1', port: 9090 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
  ])('the address %s', (listen, address) => {
    expect(readOne(`server: {listen: "${listen}"}`).server.listen).toEqual(address)
  })

  it.each([
    ['', undefined],
    [':9091', { host: '', port: 9091 }],
  ])('the address of the collector "%s"', (listen, address) => {
    expect(readOne(`collector: {listen: "${listen}"}`).collector.listen).toEqual(address)
  })

  it('host names in lower case, IPv6 addresses in brackets', () => {
    const { allowed_hosts } = readOne(
      'server: {allowed_hosts: [ETCD.example, 10.0.0.1, "::1", "[fe80::1]"]}',
    ).server
    expect(allowed_hosts).toEqual(['etcd.example', '10.0.0.1', '[::1]', '[fe80::1]'])
  })

  it.each([
    ['', ''],
    ['ETCD.example', 'etcd.example'],
    ['[::1]', '::1'],
  ])('the server name "%s" as certificates have it', (name, read) => {
    expect(readOne(`etcd: {tls_server_name: "${name}"}`).etcd.tls_server_name).toBe(read)
  })

  it('the environment before the file', () => {
    const env = {
      ETCDMONITOR_LOG_LEVEL: 'warn',
      ETCDMONITOR_ETCD_TLS_INSECURE_SKIP_VERIFY: 'false',
      ETCDMONITOR_AUTH_MIN_PASSWORD_LENGTH: '15',
      ETCDMONITOR_ETCD_MEMBER_ALLOW_CIDRS: '10.0.0.0/8,fd00::/8',
    }
    const { log, auth, etcd } = readOne('log: {level: error}\netcd: {tls_insecure_skip_verify: true}', env)
    expect(log.level).toBe('warn')
    expect(auth.min_password_length).toBe(15)
    expect(etcd.tls_insecure_skip_verify).toBe(false)
    expect(etcd.member_allow_cidrs).toEqual(['10.0.0.0/8', 'fd00::/8'])
  })

  it.each<[string, string, ConfigPlace['env'], string]>([
    ['a reference', 'password: "${A}"', { A: 'one' }, 'one'],
    ['references within text', 'password: "x${A}-${B_2}$${C}"', { A: 'one', B_2: 'two' }, 'xone-two${C}'],
    ['a value that looks like a reference', 'password: "${A}"', { A: '${B}' }, '${B}'],
    ['a file', 'password_file: DIR/password', {}, 'from-file'],
    ['its variable', '', { ETCDMONITOR_ETCD_PASSWORD: 'p${w' }, 'p${w'],
    ['the variable that names a file', '', { ETCDMONITOR_ETCD_PASSWORD_FILE: 'DIR/password' }, 'from-file'],
  ])('a password from %s', (_name, text, env, password) => {
    const inFolder = Object.entries(env).map(([name, value]) => [name, value?.replace('DIR', folder)])
    const { etcd } = readOne(`etcd: {username: root, ${text}}`, Object.fromEntries(inFolder))
    expect(etcd.password?.reveal()).toBe(password)
    expect(JSON.stringify(etcd)).toContain('"password":"***"')
  })

  it('TLS files of every form of key', () => {
    for (const key of ['key.pem', 'pkcs1.pem', 'ec.pem']) {
      const cert = key === 'ec.pem' ? 'ec-cert.pem' : 'cert.pem'
      const text = `etcd: {endpoint: "https://a:1", tls_enable: true, tls_ca_cert: DIR/cert.pem, tls_cert: DIR/${cert}, tls_key: DIR/${key}}`
      expect(problemsOf(text)).toEqual([])
    }
  })

  it('secret_file from the data folder unless it is named', () => {
    expect(readOne('storage: {data_dir: DIR/sub}').auth.secret_file).toBe(`${folder}/sub/secret`)
    expect(readOne('auth: {secret_file: /run/key}').auth.secret_file).toBe('/run/key')
  })
})

describe('loadConfig warns', () => {
  const warningsOf = (text: string, env?: ConfigPlace['env']) => load(text, env).warnings

  it('of each key of the reference that has no meaning here', () => {
    const text = `
      storage: {db_path: /x}
      auth: {bcrypt_cost: 12}
      kv_manager: {tab_ping_interval: 5}
      service: {run_user: etcd}
      log: {dir: x, filename: x, max_size_mb: 1, max_files: 1, max_age: 1, compress: true, console: true}`
    const warnings = warningsOf(text)
    expect(warnings).toHaveLength(11)
    expect(warnings[0]).toBe('storage.db_path: has no meaning here; use storage.data_dir')
    expect(warnings).toContain('log.console: has no meaning here; logs go to standard output')
  })

  it('of unknown variables, with a hint when one is near a known name', () => {
    const env = {
      ETCDMONITOR_PORT: 'tcp://10.0.0.1:9090',
      ETCDMONITOR_ETCD_ENDPOINTS: 'http://a:1',
      ETCDMONITOR_TEST_ETCD: 'x',
    }
    expect(warningsOf('', env)).toEqual([
      'ETCDMONITOR_PORT: unknown variable, not used',
      'ETCDMONITOR_ETCD_ENDPOINTS: unknown variable, not used; did you mean ETCDMONITOR_ETCD_ENDPOINT?',
    ])
  })

  it('also where something else keeps the program from starting', () => {
    const env = { ETCDMONITOR_ETCD_ENDPIONT: 'http://a:1', ETCDMONITOR_LOG_LEVEL: 'loud' }
    expect(() => load('', env)).toThrow(
      /log\.level[\s\S]*\nwarning: ETCDMONITOR_ETCD_ENDPIONT: unknown variable, not used; did you mean/,
    )
  })

  it('while certificates are not verified', () => {
    expect(warningsOf('etcd: {tls_insecure_skip_verify: true}')).toEqual([
      'etcd.tls_insecure_skip_verify: is true; certificates of etcd are not verified',
    ])
  })

  it('C9 while sessions never expire', () => {
    expect(warningsOf('server: {session_timeout: 0}')).toEqual([
      'server.session_timeout: is 0; sessions end by sign-out and changes of the password alone',
    ])
  })
})

const keysOf = (document: object): readonly string[] =>
  Object.entries(document).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? keysOf(value).map((inner) => `${name}.${inner}`)
      : [name],
  )

function makeTlsFiles(cwd: string): void {
  const openssl = (args: string) => execFileSync('openssl', args.split(' '), { cwd, stdio: 'ignore' })
  openssl('req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj /CN=a -days 1')
  openssl(
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ec-pkcs8.pem -out ec-cert.pem -subj /CN=a -days 1',
  )
  openssl('rsa -in key.pem -traditional -out pkcs1.pem')
  openssl('ec -in ec-pkcs8.pem -out ec.pem')
  openssl('genpkey -algorithm ed25519 -out other.pem')
  openssl('rsa -in key.pem -aes256 -passout pass:secret -out encrypted.pem')
  writeFileSync(join(cwd, 'damaged.pem'), readFileSync(join(cwd, 'cert.pem'), 'utf8').replace('MII', 'AAA'))
}

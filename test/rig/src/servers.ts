import { execFile, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { cacheFolder, withCacheLock } from './cache.ts'
import { findCommand, isExecutable } from './commands.ts'
import { hasApt, installPackage, isRoot, unpackPackage } from './debian.ts'

interface ServerNames {
  /** Environment variable that names the binary and ends the search. */
  readonly variable: string
  /** Names on `PATH`; the first is also the one in the cache. */
  readonly commands: readonly string[]
}

interface Packaged extends ServerNames {
  readonly debian: string
  /** Unpacked suffices where the binary needs no more than libc; installing needs root. */
  readonly how: 'unpacked' | 'installed'
  /** Where Debian installs it beside `PATH`, with a folder for each version. */
  readonly versions?: { readonly folder: string; readonly bin: string }
}

/** Takes minutes and GB, so only when the variable says `build`. */
interface Built extends ServerNames {
  readonly how: 'built'
  /** In test/rig; it prints the path, and takes the lock of the cache itself. */
  readonly script: string
  /** Folder in the cache. */
  readonly folder: string
  readonly needs: readonly string[]
  /** What the command says of itself with `version`: another release is passed over on `PATH`. */
  readonly release: RegExp
}

type Server = Packaged | Built

// biome-ignore format: one server a line
const SERVERS = {
  etcd: { variable: 'ETCDMONITOR_TEST_ETCD', commands: ['etcd'], debian: 'etcd-server', how: 'unpacked' },
  etcdctl: { variable: 'ETCDMONITOR_TEST_ETCDCTL', commands: ['etcdctl'], debian: 'etcd-client', how: 'unpacked' },
  nginx: { variable: 'ETCDMONITOR_TEST_NGINX', commands: ['nginx'], debian: 'nginx', how: 'installed' },
  prometheus: { variable: 'ETCDMONITOR_TEST_PROMETHEUS', commands: ['prometheus'], debian: 'prometheus', how: 'unpacked' },
  promtool: { variable: 'ETCDMONITOR_TEST_PROMTOOL', commands: ['promtool'], debian: 'prometheus', how: 'unpacked' },
  victoria: { variable: 'ETCDMONITOR_TEST_VICTORIA', commands: ['victoria-metrics'], debian: 'victoria-metrics', how: 'unpacked' },
  postgres: { variable: 'ETCDMONITOR_TEST_POSTGRES', commands: ['postgres'], debian: 'postgresql', how: 'installed', versions: { folder: '/usr/lib/postgresql', bin: 'bin' } },
  chromium: { variable: 'ETCDMONITOR_TEST_CHROMIUM', commands: ['chromium', 'chromium-browser', 'google-chrome'], debian: 'chromium', how: 'installed' },
  influxd: { variable: 'ETCDMONITOR_TEST_INFLUXD', commands: ['influxd'], how: 'built', script: 'build-influxd.sh', folder: 'influxd-v2.8.0', needs: ['go', 'cargo', 'gcc', 'pkg-config'], release: /^InfluxDB v?2\./ },
} as const satisfies Record<string, Server>

export type ServerName = keyof typeof SERVERS

/** `missing` is one line for people that says what to install. */
export type Ensured = { readonly path: string } | { readonly missing: string }

const BUILD = 'build'
const BUILD_TIMEOUT = 60 * 60_000

/** Path of the server's binary: what its variable names, else the first on `PATH`, else Debian's newest, else the one in the cache. */
export function findServer(name: ServerName): string | undefined {
  const server: Server = SERVERS[name]
  const named = namedPath(server)
  if (named) return isExecutable(named) ? named : undefined
  for (const command of server.commands) {
    const found = findCommand(command)
    if (found && isRelease(server, found)) return found
  }
  return installedPaths(server).find(isExecutable)
}

function namedPath(server: Server): string | undefined {
  const named = process.env[server.variable]
  return server.how === 'built' && named === BUILD ? undefined : named
}

const isRelease = (server: Server, path: string): boolean =>
  server.how !== 'built' ||
  server.release.test(spawnSync(path, ['version'], { encoding: 'utf8' }).stdout ?? '')

function installedPaths(server: Server): readonly string[] {
  const command = server.commands[0] ?? ''
  if (server.how === 'built') return [join(cacheFolder(), server.folder, command)]
  const cached = join(cacheFolder(), server.debian, 'usr/bin', command)
  return [...newestFirst(command, server.versions), cached]
}

function newestFirst(command: string, versions: Packaged['versions']): readonly string[] {
  if (!versions || !existsSync(versions.folder)) return []
  const numbers = readdirSync(versions.folder).toSorted((a, b) => Number(b) - Number(a))
  return numbers.map((number) => join(versions.folder, number, versions.bin, command))
}

/** Finds the server, or gets it from Debian, or builds it, where that is possible (minutes). Never throws. */
export async function ensureServer(name: ServerName): Promise<Ensured> {
  const found = findServer(name)
  if (found) return { path: found }
  const server: Server = SERVERS[name]
  const obstacle = whyNot(server)
  if (obstacle) return { missing: missingLine(name, obstacle) }
  try {
    return { path: server.how === 'built' ? await build(server) : await obtain(name, server) }
  } catch (error) {
    return { missing: missingLine(name, error instanceof Error ? error.message : String(error)) }
  }
}

async function build({ script, folder }: Built): Promise<string> {
  process.stderr.write(`building ${folder}, once\n`)
  const path = fileURLToPath(new URL(`../${script}`, import.meta.url))
  try {
    const { stdout } = await promisify(execFile)(path, [], { timeout: BUILD_TIMEOUT, maxBuffer: 1 << 26 })
    return stdout.trim()
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string } // execFile adds it
    throw new Error(`cannot be built: ${(stderr || String(error)).trim().slice(-300)}`, { cause: error })
  }
}

const obtain = (name: ServerName, { how, debian }: Packaged): Promise<string> =>
  withCacheLock(name, async () => {
    const got = findServer(name) // by who held the lock before us
    if (got) return got
    process.stderr.write(`getting Debian's package ${debian}\n`)
    await (how === 'unpacked' ? unpackPackage(debian) : installPackage(debian))
    const path = findServer(name)
    if (!path) throw new Error(`the package ${debian} has no such program`)
    return path
  })

function whyNot(server: Server): string | undefined {
  const named = namedPath(server)
  if (named) return `${server.variable} names ${named}, which cannot be run`
  if (server.how === 'built') {
    const absent = server.needs.filter((command) => !findCommand(command))
    if (process.env[server.variable] !== BUILD) return 'not found'
    return absent.length > 0 ? `cannot be built without ${absent.join(', ')}` : undefined
  }
  if (!hasApt()) return 'not found, and this is no Debian'
  if (server.how === 'installed' && !isRoot()) return 'not found, and only root can install it'
  return undefined
}

function missingLine(name: ServerName, reason: string): string {
  const server: Server = SERVERS[name]
  const advice =
    server.how === 'built'
      ? `set ${server.variable} to its path, or to ${BUILD} where ${server.needs.join(', ')} are installed`
      : `install it (Debian's package is ${server.debian}) or set ${server.variable} to its path`
  return `${name}: ${reason}; ${advice}`
}

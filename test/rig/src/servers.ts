import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, withCacheLock } from './cache.ts'
import { findCommand, isExecutable } from './commands.ts'
import { hasApt, installPackage, isRoot, unpackPackage } from './debian.ts'

interface Server {
  /** Environment variable that names the binary and ends the search. */
  readonly variable: string
  /** Names on `PATH`; the first is also the one in `usr/bin` of the package. */
  readonly commands: readonly string[]
  readonly debian: string
  /** Unpacked suffices where the binary needs no more than libc; installing needs root. */
  readonly how: 'unpacked' | 'installed'
  /** Where Debian installs it beside `PATH`, with a folder for each version. */
  readonly versions?: { readonly folder: string; readonly bin: string }
}

// biome-ignore format: one server a line
const SERVERS = {
  etcd: { variable: 'ETCDMONITOR_TEST_ETCD', commands: ['etcd'], debian: 'etcd-server', how: 'unpacked' },
  prometheus: { variable: 'ETCDMONITOR_TEST_PROMETHEUS', commands: ['prometheus'], debian: 'prometheus', how: 'unpacked' },
  promtool: { variable: 'ETCDMONITOR_TEST_PROMTOOL', commands: ['promtool'], debian: 'prometheus', how: 'unpacked' },
  victoria: { variable: 'ETCDMONITOR_TEST_VICTORIA', commands: ['victoria-metrics'], debian: 'victoria-metrics', how: 'unpacked' },
  postgres: { variable: 'ETCDMONITOR_TEST_POSTGRES', commands: ['postgres'], debian: 'postgresql', how: 'installed', versions: { folder: '/usr/lib/postgresql', bin: 'bin' } },
  chromium: { variable: 'ETCDMONITOR_TEST_CHROMIUM', commands: ['chromium', 'chromium-browser', 'google-chrome'], debian: 'chromium', how: 'installed' },
} as const satisfies Record<string, Server>

export type ServerName = keyof typeof SERVERS

/** `missing` is one line for people that says what to install. */
export type Ensured = { readonly path: string } | { readonly missing: string }

/** Path of the server's binary: what its variable names, else the first on `PATH`, else Debian's newest, else the one in the cache. */
export function findServer(name: ServerName): string | undefined {
  const { variable, commands, debian, versions }: Server = SERVERS[name]
  const named = process.env[variable]
  if (named) return isExecutable(named) ? named : undefined
  for (const command of commands) {
    const found = findCommand(command)
    if (found) return found
  }
  const cached = join(cacheFolder(), debian, 'usr/bin', commands[0] ?? '')
  return [...newestFirst(commands[0] ?? '', versions), cached].find(isExecutable)
}

function newestFirst(command: string, versions: Server['versions']): readonly string[] {
  if (!versions || !existsSync(versions.folder)) return []
  const numbers = readdirSync(versions.folder).toSorted((a, b) => Number(b) - Number(a))
  return numbers.map((number) => join(versions.folder, number, versions.bin, command))
}

/** Finds the server, or gets it from Debian where that is possible (minutes). Never throws. */
export async function ensureServer(name: ServerName): Promise<Ensured> {
  const found = findServer(name)
  if (found) return { path: found }
  const obstacle = whyNot(SERVERS[name])
  if (obstacle) return { missing: missingLine(name, obstacle) }
  try {
    return { path: await withCacheLock(name, () => obtain(name)) }
  } catch (error) {
    return { missing: missingLine(name, error instanceof Error ? error.message : String(error)) }
  }
}

async function obtain(name: ServerName): Promise<string> {
  const got = findServer(name) // by who held the lock before us
  if (got) return got
  const { how, debian } = SERVERS[name]
  process.stderr.write(`getting Debian's package ${debian}\n`)
  await (how === 'unpacked' ? unpackPackage(debian) : installPackage(debian))
  const path = findServer(name)
  if (!path) throw new Error(`the package ${debian} has no such program`)
  return path
}

function whyNot({ variable, how }: Server): string | undefined {
  const named = process.env[variable]
  if (named) return `${variable} names ${named}, which cannot be run`
  if (!hasApt()) return 'not found, and this is no Debian'
  if (how === 'installed' && !isRoot()) return 'not found, and only root can install it'
  return undefined
}

function missingLine(name: ServerName, reason: string): string {
  const { debian, variable } = SERVERS[name]
  return `${name}: ${reason}; install it (Debian's package is ${debian}) or set ${variable} to its path`
}

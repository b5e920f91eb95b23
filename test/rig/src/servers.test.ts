import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { findCommand } from './commands.ts'
import { ensureServer, findServer } from './servers.ts'

let folder: string

function program(path: string, script = 'exit 0'): string {
  const file = join(folder, path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
  return file
}

/** What `PATH` offers beside the programs of a test. */
function borrow(...names: readonly string[]): void {
  mkdirSync(join(folder, 'bin'), { recursive: true })
  for (const name of names) symlinkSync(findCommand(name) ?? name, join(folder, 'bin', name))
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-servers-'))
  borrow('cat', 'flock', 'mkdir', 'sh', 'touch', 'cp')
  vi.stubEnv('PATH', [join(folder, 'bin'), join(folder, 'sbin')].join(delimiter))
  vi.stubEnv('XDG_CACHE_HOME', folder)
  vi.stubEnv('ETCDMONITOR_TEST_ETCD', '')
  vi.stubEnv('ETCDMONITOR_TEST_CHROMIUM', '')
  vi.stubEnv('ETCDMONITOR_TEST_INFLUXD', '')
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

describe('findServer', () => {
  it('prefers the variable, then PATH, then the cache', () => {
    expect(findServer('etcd')).toBeUndefined()
    const cached = program('etcdmonitor/etcd-server/usr/bin/etcd')
    expect(findServer('etcd')).toBe(cached)
    const onPath = program('sbin/etcd')
    expect(findServer('etcd')).toBe(onPath)
    const named = program('mine')
    vi.stubEnv('ETCDMONITOR_TEST_ETCD', named)
    expect(findServer('etcd')).toBe(named)
  })

  it('takes the names on PATH in their order', () => {
    program('bin/google-chrome')
    const chromium = program('sbin/chromium')
    expect(findServer('chromium')).toBe(chromium)
  })

  it('looks on PATH before the folders of Debian, and in neither when the variable is set', () => {
    vi.stubEnv('ETCDMONITOR_TEST_POSTGRES', join(folder, 'absent'))
    expect(findServer('postgres')).toBeUndefined()
    const onPath = program('sbin/postgres')
    vi.stubEnv('ETCDMONITOR_TEST_POSTGRES', '')
    expect(findServer('postgres')).toBe(onPath)
  })

  it('takes nothing else when the variable names what cannot be run', () => {
    program('sbin/etcd')
    vi.stubEnv('ETCDMONITOR_TEST_ETCD', join(folder, 'absent'))
    expect(findServer('etcd')).toBeUndefined()
  })

  it('passes over another release of InfluxDB on PATH', () => {
    const cached = program('etcdmonitor/influxd-v2.8.0/influxd')
    program('bin/influxd', 'echo "InfluxDB v1.6.7 (git: unknown unknown)"')
    expect(findServer('influxd')).toBe(cached)
    rmSync(join(folder, 'bin/influxd'))
    const onPath = program('sbin/influxd', 'echo "InfluxDB v2.7.11 (git: fbf5d4ab5e)"')
    expect(findServer('influxd')).toBe(onPath)
  })
})

describe('ensureServer', () => {
  /** Stands for the network; that the real commands do their part, the suites on etcd 3.4 show. */
  const DOWNLOAD = 'echo "$@" >>"$XDG_CACHE_HOME/calls"; touch etcd-server_3.4.deb'
  const UNPACK = 'mkdir -p tree/usr/bin && cp "$XDG_CACHE_HOME/mine" tree/usr/bin/etcd'
  const calls = () => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n')

  it('unpacks the package once for all who ask', async () => {
    program('mine')
    program('bin/apt-get', DOWNLOAD)
    program('bin/dpkg-deb', UNPACK)
    const path = join(folder, 'etcdmonitor/etcd-server/usr/bin/etcd')
    expect(await Promise.all([ensureServer('etcd'), ensureServer('etcd')])).toEqual([{ path }, { path }])
    expect(calls()).toEqual(['-q -o DPkg::Lock::Timeout=300 download etcd-server'])
  })

  it('tries again while another apt-get holds a lock', async () => {
    program('mine')
    const locked =
      '[ -e "$XDG_CACHE_HOME/calls" ] || { touch "$XDG_CACHE_HOME/calls"; echo "E: Could not get lock x" >&2; exit 100; }'
    program('bin/apt-get', `${locked}\n${DOWNLOAD}`)
    program('bin/dpkg-deb', UNPACK)
    expect(await ensureServer('etcd')).toHaveProperty('path')
    expect(calls()).toHaveLength(1)
  })

  it('says what failed and what to install', async () => {
    program('bin/apt-get', 'echo "E: Unable to locate package etcd-server" >&2; exit 100')
    program('bin/dpkg-deb')
    expect(await ensureServer('etcd')).toEqual({
      missing: expect.stringMatching(
        /^etcd: apt-get failed: E: Unable to locate package etcd-server; install it .*ETCDMONITOR_TEST_ETCD/,
      ),
    })
  })

  it('says so on a system without apt-get', async () => {
    expect(await ensureServer('chromium')).toEqual({
      missing: expect.stringMatching(/^chromium: not found, and this is no Debian; install it/),
    })
  })

  it('builds InfluxDB only when it is told to, where that can be done', async () => {
    const line = (reason: string) => ({
      missing: expect.stringMatching(`^influxd: ${reason}; set .*_INFLUXD to`),
    })
    expect(await ensureServer('influxd')).toEqual(line('not found'))
    vi.stubEnv('ETCDMONITOR_TEST_INFLUXD', 'build')
    program('bin/gcc')
    expect(await ensureServer('influxd')).toEqual(line('cannot be built without go, cargo, pkg-config'))
    const cached = program('etcdmonitor/influxd-v2.8.0/influxd')
    expect(await ensureServer('influxd')).toEqual({ path: cached })
  })

  it('does not replace what the variable names', async () => {
    vi.stubEnv('ETCDMONITOR_TEST_ETCD', '/absent/etcd')
    expect(await ensureServer('etcd')).toEqual({
      missing: expect.stringMatching(/ETCDMONITOR_TEST_ETCD names \/absent\/etcd, which cannot be run/),
    })
  })
})

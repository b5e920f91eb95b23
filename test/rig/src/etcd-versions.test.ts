import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { etcdVersions, missingReleases, newestInQuick } from './etcd-versions.ts'

beforeEach(() => {
  vi.stubEnv('PATH', '')
  vi.stubEnv('XDG_CACHE_HOME', '/absent')
  vi.stubEnv('ETCDMONITOR_TEST_ETCD', '')
})
afterEach(() => vi.unstubAllEnvs())

describe('etcd versions', () => {
  it('are those of the suite, each with the reason where it cannot be had', () => {
    expect(etcdVersions('quick')).toEqual([
      { version: '3.4', missing: 'the server etcd is missing' },
      { version: '3.6.16', missing: 'etcd 3.6.16 is not built (test/rig/build-etcd.sh)' },
    ])
    expect(etcdVersions('full').map(({ version }) => version)).toEqual(['3.4', '3.5.21', '3.6.16', '3.7.3'])
  })

  it('are missing without what restores their snapshots, too', () => {
    expect(missingReleases('quick')).toEqual([
      'etcd 3.6.16 is not built (test/rig/build-etcd.sh)',
      'etcdutl 3.6.16 is not built (test/rig/build-etcd.sh)',
    ])
  })

  it('are the newest that is there for what does not depend on them, and all in the full suite', () => {
    expect(newestInQuick('quick')).toEqual(etcdVersions('quick'))
    const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-versions-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    symlinkSync(process.execPath, join(folder, 'etcd'))
    vi.stubEnv('PATH', folder)
    expect(newestInQuick('quick').map(({ version }) => version)).toEqual(['3.4'])
    expect(newestInQuick('full')).toEqual(etcdVersions('full'))
  })

  it('are one when a binary is given', () => {
    vi.stubEnv('ETCDMONITOR_TEST_ETCD', process.execPath)
    expect(etcdVersions('full')).toEqual([{ version: 'given', path: process.execPath }])
    expect(missingReleases('full')).toEqual([])
  })
})

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { cacheFolder } from './cache.ts'
import { findCommand, isExecutable } from './commands.ts'
import { type Ensured, findServer } from './servers.ts'

export type Suite = 'quick' | 'full'

/** A release that tests run on, or the reason why it cannot be had. */
export type EtcdVersion = { readonly version: string } & Ensured

/** Debian's 3.4 is the server `etcd` of servers.ts; these are built from their Go module. */
const BUILT = { quick: ['3.6.16'], full: ['3.5.21', '3.6.16', '3.7.3'] } satisfies Record<Suite, string[]>

const BUILD_TIMEOUT = 20 * 60_000

/**
 * The etcd releases that a suite runs on, `3.4` first. A binary that `ETCDMONITOR_TEST_ETCD` names stands alone.
 * Looks only; `buildEtcd` makes.
 */
export function etcdVersions(suite = runningSuite()): readonly EtcdVersion[] {
  const path = findServer('etcd')
  const first = path ? { path } : { missing: 'the server etcd is missing' }
  if (process.env.ETCDMONITOR_TEST_ETCD) return [{ version: 'given', ...first }]
  return [
    { version: '3.4', ...first },
    ...BUILT[suite].map((version) => ({ version, ...findBuild(version) })),
  ]
}

/** For what does not depend on the release: in the quick suite the newest that is there, in the full one all. */
export function newestInQuick(suite = runningSuite()): readonly EtcdVersion[] {
  const all = etcdVersions(suite)
  const newest = all.findLast((version) => 'path' in version)
  return suite === 'full' || !newest ? all : [newest]
}

/** Builds what the suite still lacks, where Go is installed (minutes each). Never throws. */
export async function buildEtcdVersions(suite: Suite): Promise<void> {
  if (process.env.ETCDMONITOR_TEST_ETCD || !findCommand('go')) return
  for (const version of BUILT[suite]) if (lacking(version).length > 0) await build(version)
}

/** What the suite still lacks of the releases that are built, a line for people each. */
export const missingReleases = (suite: Suite): readonly string[] =>
  process.env.ETCDMONITOR_TEST_ETCD ? [] : BUILT[suite].flatMap(lacking)

const lacking = (version: string): readonly string[] =>
  [findBuild(version), ...(version.startsWith('3.5.') ? [] : [findEtcdutl(version)])].flatMap((found) =>
    'missing' in found ? [found.missing] : [],
  )

/** What restores snapshots of a release, from 3.6 on; before, etcdctl does. */
export const findEtcdutl = (version: string): Ensured => findBuilt(version, 'etcdutl')

/** scripts/run-tests.ts says which. */
const runningSuite = (): Suite => (process.env.TEST_SUITE === 'full' ? 'full' : 'quick')

const findBuild = (version: string): Ensured => findBuilt(version, 'etcd')

function findBuilt(version: string, command: string): Ensured {
  const path = join(cacheFolder(), `etcd-v${version}`, command)
  if (isExecutable(path)) return { path }
  return { missing: `${command} ${version} is not built (test/rig/build-etcd.sh)` }
}

async function build(version: string): Promise<void> {
  process.stderr.write(`building etcd ${version}, once\n`)
  const script = fileURLToPath(new URL('../build-etcd.sh', import.meta.url))
  try {
    await promisify(execFile)(script, [version], { timeout: BUILD_TIMEOUT, maxBuffer: 1 << 24 })
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string } // execFile adds it
    process.stderr.write(`etcd ${version} cannot be built: ${(stderr || String(error)).trim().slice(-300)}\n`)
  }
}

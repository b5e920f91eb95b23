import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { buildEtcdVersions, missingReleases } from '@etcdmonitor/rig/etcd-versions'
import { ensureServer, type ServerName } from '@etcdmonitor/rig/servers'

const USED: readonly ServerName[] = ['etcd', 'etcdctl', 'postgres', 'influxd', 'chromium', 'nginx']

const { values: flags, positionals } = parseArgs({
  options: { full: { type: 'boolean' }, seed: { type: 'string' }, row: { type: 'string' } },
  allowPositionals: true, // handed on to vitest
})
const suite = flags.full ? 'full' : 'quick'
const seed = flags.seed ?? String(randomInt(2 ** 31))
console.log(`suite ${suite}, seed ${seed}`)

const missing = await findMissing(USED)
await buildEtcdVersions(suite)
const unbuilt = missingReleases(suite)
for (const line of unbuilt) console.log(line)
const isWhole = missing.length === 0 && unbuilt.length === 0
process.exitCode = !isWhole && process.env.CI === 'true' ? 1 : runVitest()

/** Prints what people have to install; the tests that need it are skipped. */
async function findMissing(names: readonly ServerName[]): Promise<ServerName[]> {
  const absent: ServerName[] = []
  for (const name of names) {
    const server = await ensureServer(name)
    if ('path' in server) continue
    console.log(server.missing)
    absent.push(name)
  }
  return absent
}

function runVitest(): number {
  const args = ['run', ...positionals]
  if (missing.includes('chromium')) args.push('--project', '!browser')
  if (flags.row) args.push('-t', `\\b${flags.row}\\b`)
  const env = { ...process.env, TEST_SUITE: suite, TEST_SEED: seed }
  const { status, error } = spawnSync('vitest', args, { stdio: 'inherit', env })
  if (error) throw error
  return status ?? 1 // null: ended by a signal
}

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { needServer } from '@etcdmonitor/rig/need-server'
import { expect, it } from 'vitest'
import { startConsole } from '../setup/console.ts'

interface AuditEntry {
  readonly target: string
}

needServer('etcd', () => {
  it('has on record whatever it wrote to etcd, also when it is killed while it writes', async () => {
    await using servers = await startEtcdCluster({ members: 1 })
    const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-killed-'))
    try {
      const env = { ETCDMONITOR_STORAGE_DATA_DIR: folder }
      const options = { endpoints: servers.endpoints, command: 'api', env } as const
      const first = await startConsole(options)
      const written = await writeUntilKilled(first, folder)
      expect(written).toBeGreaterThan(20)
      await using second = await startConsole(options)
      await second.signIn()
      const { body } = await second.get('/api/kv/v3/getpath?key=/kill&keys_only=true')
      const { nodes } = body.node as { readonly nodes: readonly { readonly key: string }[] }
      expect(nodes.length).toBeGreaterThanOrEqual(written)
      const audit = await second.get('/api/ops/audit-logs?operation=put&page_size=1000')
      const recorded = new Set((audit.body.entries as readonly AuditEntry[]).map(({ target }) => target))
      expect(nodes.filter(({ key }) => !recorded.has(key))).toEqual([])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

/** How many puts were confirmed by four writers until the process died, at its fortieth. */
async function writeUntilKilled(
  { url, program, post }: Awaited<ReturnType<typeof startConsole>>,
  folder: string,
): Promise<number> {
  const first = readFileSync(join(folder, 'initial-admin-password'), 'utf8').trimEnd()
  const password = 'a password only for tests'
  await post('/api/auth/change-password', { username: 'admin', old_password: first, new_password: password })
  const { body } = await post('/api/auth/login', { username: 'admin', password })
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${body.session_token}` }
  let next = 0
  let confirmed = 0
  const writer = async () => {
    try {
      for (;;) {
        next += 1
        if (next === 40) void program.kill()
        const answer = await fetch(`${url}/api/kv/v3/put`, {
          method: 'PUT',
          body: JSON.stringify({ key: `/kill/${next}`, value: 'x' }),
          headers,
          redirect: 'error',
          signal: AbortSignal.timeout(20_000),
        })
        expect(answer.status).toBe(200)
        await answer.arrayBuffer()
        confirmed += 1
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error // what fetch throws when the process is gone
    }
  }
  await Promise.all(Array.from({ length: 4 }, writer))
  await program.exited
  return confirmed
}

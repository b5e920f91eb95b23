import type { EtcdCluster } from '@etcdmonitor/core/ports/etcd-cluster'
import { toSecret } from '@etcdmonitor/core/secret'
import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callGateway } from '../kv/kv-rig.contract.ts'
import { FRESH, openClient } from '../open-client.contract.ts'

const ROOT = { username: 'operator', password: 'correct horse' }
const LIMITED = 'limited'
/** Seconds; etcd's simple tokens end so long after their last use. */
const TOKEN_TTL = 2

/** `Authenticate` calls that the member has seen. */
async function logins(url: string): Promise<number> {
  const page = await (
    await fetch(`${url}/metrics`, { redirect: 'error', signal: AbortSignal.timeout(60_000) })
  ).text()
  return Number(/^grpc_server_started_total\{grpc_method="Authenticate".*\} (\d+)$/m.exec(page)?.[1] ?? 0)
}

for (const found of etcdVersions()) {
  if ('missing' in found) continue
  describe(`operations with authentication, etcd ${found.version}`, () => {
    let servers: Servers
    let url = ''
    beforeAll(async () => {
      const flags = [`--auth-token-ttl=${TOKEN_TTL}`, '--bcrypt-cost=4']
      servers = await startEtcdCluster({ members: 1, binary: found.path, auth: ROOT, flags })
      url = servers.endpoints[0] ?? ''
      await asRoot('auth/user/add', { name: LIMITED, password: ROOT.password })
      await asRoot('auth/role/add', { name: 'apps' })
      await asRoot('auth/user/grant', { user: LIMITED, role: 'apps' })
    })
    afterAll(() => servers.dispose())

    const logIn = async () =>
      (
        await callGateway<{ token: string }>(url, 'auth/authenticate', {
          name: ROOT.username,
          password: ROOT.password,
        })
      ).token
    const asRoot = async (path: string, body: object) => callGateway(url, path, body, await logIn())

    async function open(username: string) {
      const password = toSecret(ROOT.password)
      const client = openClient({ endpoints: servers.endpoints, username, password })
      await expect.poll(async () => (await client.view(FRESH)).members).toHaveLength(1)
      return { client, id: (await client.view()).members[0]?.id ?? '' }
    }

    /** What needs the role root on both releases, and what asks for keys. */
    const calls = (client: EtcdCluster, id: string) => ({
      hashKv: () => client.hashKv(id, '1'),
      serializableRead: () => client.serializableRead(id),
      defragment: () => client.defragment(id),
      snapshot: async () => {
        const stream = await client.snapshot(id)
        for await (const chunk of stream) if (chunk.length === 0) throw new Error('an empty chunk')
        return stream.verified
      },
      headRevision: () => client.headRevision(),
    })

    it('K2 is refused to a user without the role root, and says so', async () => {
      const { client, id } = await open(LIMITED)
      await using closing = client
      const mark = await closing.defragMark(id)
      for (const call of Object.values(calls(client, id)))
        await expect(call()).rejects.toMatchObject({ code: 'permission_denied' })
      expect(await client.compactedRevision()).toBeUndefined()
      if (/^3\.[67]/.test(found.version))
        // releases before want no root for these
        for (const call of [
          () => client.compact('1', false),
          () => client.disarm({ memberId: id, type: 'NOSPACE' }),
        ])
          await expect(call()).rejects.toMatchObject({ code: 'permission_denied' })
      expect(await client.defragMark(id)).toEqual(mark)
    })

    it('ET4 ET6 A1 goes on when the token has ended, with one login', async () => {
      const { client, id } = await open(ROOT.username)
      await using closing = client
      expect(await closing.headRevision()).toMatch(/^\d+$/)
      for (const [name, call] of Object.entries(calls(client, id))) {
        await untilTokensEnd()
        const before = await logins(url)
        const often = name === 'headRevision' ? 20 : 1
        await Promise.all(Array.from({ length: often }, async () => void (await call())))
        expect((await logins(url)) - before).toBe(1)
      }
    })

    /** Waits until tokens of this moment have ended: each is looked at once, for its use would prolong it. */
    async function untilTokensEnd(): Promise<void> {
      const tokens = await Promise.all(Array.from({ length: 30 }, logIn))
      const isRefused = async () => {
        try {
          await callGateway(url, 'kv/range', { key: 'YQ==' }, tokens.pop())
          return false
        } catch {
          return true
        }
      }
      await expect.poll(isRefused, { interval: 500, timeout: 14_000 }).toBe(true)
    }
  })
}

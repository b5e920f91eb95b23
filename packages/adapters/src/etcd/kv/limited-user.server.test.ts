import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { prefixRange } from '@etcdmonitor/core/keys/key-range'
import { toSecret } from '@etcdmonitor/core/secret'
import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openClient } from '../open-client.contract.ts'
import { callGateway } from './kv-rig.contract.ts'

const ROOT = { username: 'operator', password: 'correct horse' }
const APP = 'app'
/** Seconds; etcd's simple tokens end so long after their last use. */
const TOKEN_TTL = 2

const base64 = (text: string) => Buffer.from(text).toString('base64')
const read = { limit: 100, values: false, serializable: true } as const

for (const found of etcdVersions()) {
  if ('missing' in found) continue
  describe(`a user with few rights, etcd ${found.version}`, () => {
    let servers: Servers
    let url = ''
    beforeAll(async () => {
      const flags = [`--auth-token-ttl=${TOKEN_TTL}`, '--bcrypt-cost=4']
      servers = await startEtcdCluster({ members: 1, binary: found.path, auth: ROOT, flags })
      url = servers.endpoints[0] ?? ''
      await asRoot('auth/user/add', { name: APP, password: ROOT.password })
      await asRoot('auth/role/add', { name: 'apps' })
      await grant('READWRITE', '/app/', '/app0')
      await asRoot('auth/user/grant', { user: APP, role: 'apps' })
    })
    afterAll(() => servers.dispose())

    async function asRoot(path: string, body: object): Promise<void> {
      const login = { name: ROOT.username, password: ROOT.password }
      const { token } = await callGateway<{ token: string }>(url, 'auth/authenticate', login)
      await callGateway(url, path, body, token)
    }

    const grant = (permType: string, from: string, to: string) =>
      asRoot('auth/role/grant', {
        name: 'apps',
        perm: { permType, key: base64(from), range_end: base64(to) },
      })

    const open = (username: string) =>
      openClient({ endpoints: servers.endpoints, username, password: toSecret(ROOT.password) })

    const put = (client: ReturnType<typeof open>, key: string) =>
      client.put({ key: toUtf8(key), value: toUtf8('1'), lease: 'keep' })

    it('K2 ET32 knows its ranges from its own roles, and is refused outside them', async () => {
      await using root = open(ROOT.username)
      expect(await root.grants()).toBeUndefined()
      await put(root, '/app/a')
      await put(root, '/other/b')
      await using client = open(APP)
      const range = { from: toUtf8('/app/'), to: toUtf8('/app0') }
      expect(await client.grants()).toEqual({
        user: APP,
        read: [toBuffers(range)],
        write: [toBuffers(range)],
      })
      expect((await client.range({ ...range, ...read })).count).toBe(1)
      for (const refused of [prefixRange(toUtf8('/other/')), { from: range.from, to: new Uint8Array() }])
        await expect(client.range({ ...refused, ...read })).rejects.toMatchObject({
          code: 'permission_denied',
        })
      await expect(put(client, '/other/b')).rejects.toMatchObject({ code: 'permission_denied' })
      expect((await put(client, '/app/c')).created).toBe(true)
    })

    it('ET32 asks for its roles again as soon as it is refused', async () => {
      await using client = open(APP)
      expect((await client.grants())?.read).toHaveLength(1)
      await grant('READ', '/more/', '/more0')
      expect((await client.grants())?.read).toHaveLength(1)
      await expect(client.range({ ...prefixRange(toUtf8('/other/')), ...read })).rejects.toThrow()
      expect((await client.grants())?.read).toHaveLength(2)
      expect((await client.range({ ...prefixRange(toUtf8('/more/')), ...read })).count).toBe(0)
    })

    it('ET6 ET7 goes on after its token has ended, and after a change of roles', async () => {
      await using client = open(APP)
      await put(client, '/app/a')
      const other = await callGateway<{ token: string }>(url, 'auth/authenticate', {
        name: APP,
        password: ROOT.password,
      })
      const isEnded = async () => {
        try {
          await callGateway(url, 'kv/range', { key: base64('/app/a') }, other.token)
          return false
        } catch {
          return true
        }
      }
      expect(await isEnded()).toBe(false)
      await expect.poll(isEnded, { interval: (TOKEN_TTL + 1) * 1_000 }).toBe(true)
      const all = await Promise.all(Array.from({ length: 20 }, () => put(client, '/app/a')))
      expect(new Set(all.map(({ revision }) => revision)).size).toBe(20)
      await grant('READ', '/late/', '/late0')
      expect((await put(client, '/app/a')).created).toBe(false)
    })
  })
}

it('has no ranges while authentication is off, although a user of that name has roles', async () => {
  await using servers = await startEtcdCluster({ members: 1 })
  const url = servers.endpoints[0] ?? ''
  await callGateway(url, 'auth/user/add', { name: APP, password: 'unused' })
  await using client = openClient({
    endpoints: servers.endpoints,
    username: APP,
    password: toSecret('unused'),
  })
  expect(await client.grants()).toBeUndefined()
})

/** As gRPC gives bytes. */
const toBuffers = ({ from, to }: { readonly from: Uint8Array; readonly to: Uint8Array }) => ({
  from: Buffer.from(from),
  to: Buffer.from(to),
})

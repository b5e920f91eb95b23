import { failureIn } from '@etcdmonitor/core/etcd/fail-call'
import { toSecret } from '@etcdmonitor/core/secret'
import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions, newestInQuick } from '@etcdmonitor/rig/etcd-versions'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FRESH, type LoggedLine, openClient, recordingLog } from './open-client.contract.ts'

const USER = { username: 'monitor', password: 'correct horse' }
/** Seconds; etcd's simple tokens end so long after their last use. */
const TOKEN_TTL = 2

const soon = () => AbortSignal.timeout(60_000)

/** `Authenticate` calls that the members have seen. */
async function logins({ endpoints }: Servers): Promise<number> {
  const pages = await Promise.all(
    endpoints.map(async (url) =>
      (await fetch(`${url}/metrics`, { redirect: 'error', signal: soon() })).text(),
    ),
  )
  const line = /^grpc_server_started_total\{grpc_method="Authenticate".*\} (\d+)$/m
  return pages.reduce((sum, page) => sum + Number(line.exec(page)?.[1] ?? 0), 0)
}

const post = (url: string, body: object, token?: string) =>
  fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    ...(token && { headers: { authorization: token } }), // an empty one is refused by 3.4
    redirect: 'error',
    signal: soon(),
  })

async function newToken(url: string): Promise<string> {
  const answer = await post(`${url}/v3/auth/authenticate`, { name: USER.username, password: USER.password })
  return ((await answer.json()) as { token: string }).token
}

/** Waits until tokens of this moment have ended: each is looked at once, for its use would prolong it. */
async function untilTokensEnd(url: string): Promise<void> {
  const tokens = await Promise.all(Array.from({ length: 60 }, () => newToken(url)))
  const isRefused = async () =>
    (await post(`${url}/v3/kv/range`, { key: 'YQ==' }, tokens.pop())).status === 401
  expect(await isRefused()).toBe(false)
  await expect.poll(isRefused, { interval: 250, timeout: 14_000 }).toBe(true)
}

for (const found of etcdVersions(process.env.TEST_SUITE === 'full' ? 'full' : 'quick')) {
  if ('missing' in found) continue
  describe(`with authentication, etcd ${found.version}`, () => {
    let servers: Servers
    beforeAll(async () => {
      const flags = [`--auth-token-ttl=${TOKEN_TTL}`, '--bcrypt-cost=4']
      servers = await startEtcdCluster({ members: 3, binary: found.path, auth: USER, flags })
    })
    afterAll(() => servers.dispose())

    const open = (password: string, lines: LoggedLine[] = []) =>
      openClient({
        endpoints: servers.endpoints,
        username: USER.username,
        password: toSecret(password),
        log: recordingLog(lines),
      })

    it('ET6 A1 logs in once per member, and again once after the token has ended', async () => {
      await using client = open(USER.password)
      const before = await logins(servers)
      expect(client.isAuthOn()).toBe(false)
      const { members } = await client.view(FRESH)
      expect(client.isAuthOn()).toBe(true)
      expect(members.map(({ failure }) => failure)).toEqual([undefined, undefined, undefined])
      const { id = '', endpoint = '' } = members[0] ?? {}
      expect(await client.leaseCount(id)).toBe(0)
      expect((await logins(servers)) - before).toBe(3)
      await untilTokensEnd(endpoint)
      const again = await logins(servers)
      const renewed = await Promise.all(Array.from({ length: 20 }, () => client.leaseCount(id)))
      expect(renewed).toEqual(Array(20).fill(0))
      // 3.4 asks for no token here
      expect((await logins(servers)) - again).toBe(found.version === '3.4' ? 0 : 1)
    })

    it('A1 goes on after the restart of a member, which forgets its tokens', async () => {
      await using client = open(USER.password)
      const { members } = await client.view(FRESH)
      const { id = '', endpoint = '' } = members[1] ?? {}
      expect(await client.leaseCount(id)).toBe(0)
      await servers.members.find(({ url }) => url === endpoint)?.restart()
      expect(await client.leaseCount(id)).toBe(0)
    })

    it('ET8 says auth_failed for a wrong password, with one login per member, and tells nobody the password', async () => {
      const lines: LoggedLine[] = []
      await using client = open('a wrong secret', lines)
      const before = await logins(servers)
      for (let round = 0; round < 5; round++) {
        const { endpoints, stale } = await client.view(FRESH)
        expect(endpoints.map(({ failure }) => `${failure?.kind} ${failure?.stage}`)).toEqual(
          Array(3).fill('auth_failed auth'),
        )
        expect(endpoints[0]?.failure?.message).toBe(
          'etcd refuses the user "monitor": user name or password is wrong',
        )
        expect(stale).toBe(true)
        expect(JSON.stringify([endpoints, lines])).not.toContain('a wrong secret')
      }
      expect((await logins(servers)) - before).toBe(3)
      expect(lines.filter(({ event }) => event === 'etcd_endpoint_failed')).toHaveLength(3)
    })

    it('says that a user is wanted where the server refuses calls without one', async () => {
      await using anonymous = openClient({ endpoints: servers.endpoints })
      await using known = open(USER.password)
      const id = (await known.view(FRESH)).members[0]?.id ?? ''
      const { endpoints } = await anonymous.view(FRESH)
      const kinds = new Set(endpoints.map(({ failure }) => failure?.kind ?? 'ok'))
      expect([...kinds]).toEqual([found.version === '3.4' ? 'ok' : 'auth_failed'])
      const error = await anonymous.leaseCount(id).catch((thrown: unknown) => thrown)
      expect(anonymous.isAuthOn()).toBe(kinds.has('auth_failed') || failureIn(error) !== undefined)
      if (failureIn(error)) expect(failureIn(error)?.message).toMatch(/^etcd wants a user: /)
    })

    it('ET15 says of a lost quorum, which gives no login, that it is one: nobody hangs', async () => {
      await using known = open(USER.password)
      const left = (await known.view(FRESH)).members.find(({ configuredIndex }) => configuredIndex === 2)
      await Promise.all([servers.members[0]?.kill(), servers.members[1]?.kill()])
      const leader = async () => (await known.status(left?.id ?? '')).leaderId
      await expect.poll(leader).toBeUndefined()
      await using late = open(USER.password)
      const { endpoints, members, stale } = await late.view(FRESH)
      expect(endpoints.map(({ failure }) => failure?.stage)).toEqual(['tcp', 'tcp', 'quorum'])
      const kind = endpoints[2]?.failure?.kind
      // 3.4 wants no login for Status and list
      const seen = { kind, members: members.length, stale }
      expect(seen).toEqual(
        found.version === '3.4'
          ? { kind: 'no_leader', members: 3, stale: false }
          : { kind: 'server_timeout', members: 0, stale: true },
      )
    })
  })
}

it('works with a user name while authentication is off', async () => {
  await using servers = await startEtcdCluster({ members: 1 })
  const password = toSecret('unused')
  await using client = openClient({ endpoints: servers.endpoints, username: 'monitor', password })
  const { members } = await client.view(FRESH)
  expect(await client.leaseCount(members[0]?.id ?? '')).toBe(0)
  expect(await logins(servers)).toBe(1)
  expect(client.isAuthOn()).toBe(false)
})

it('goes on without a failure when authentication is switched off while it is signed in, over a restart of the member too', async () => {
  const [newest] = newestInQuick('quick')
  await using servers = await startEtcdCluster({
    members: 1,
    ...(newest && 'path' in newest && { binary: newest.path }),
    auth: USER,
    flags: ['--bcrypt-cost=4'],
  })
  const [url = ''] = servers.endpoints
  const lines: LoggedLine[] = []
  await using client = openClient({
    endpoints: servers.endpoints,
    username: USER.username,
    password: toSecret(USER.password),
    log: recordingLog(lines),
  })
  const { members } = await client.view(FRESH)
  const { id = '' } = members[0] ?? {}
  expect(await client.leaseCount(id)).toBe(0)
  expect(client.isAuthOn()).toBe(true)

  expect((await post(`${url}/v3/auth/disable`, {}, await newToken(url))).status).toBe(200)
  expect(await client.leaseCount(id)).toBe(0) // with its token, which etcd does not look at any more
  await servers.members[0]?.restart()
  expect(await client.leaseCount(id)).toBe(0)
  const { endpoints } = await client.view(FRESH)
  expect(endpoints.map(({ failure }) => failure)).toEqual([undefined])
  expect(lines.filter(({ event }) => event === 'etcd_endpoint_failed')).toEqual([])
})

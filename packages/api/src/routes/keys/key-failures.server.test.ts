import { always, HEADER, imitateEtcd, MEMBER, STATUS } from '@etcdmonitor/adapters/etcd/imitate-etcd.contract'
import { callGateway } from '@etcdmonitor/adapters/etcd/kv/kv-rig.contract'
import { toSecret } from '@etcdmonitor/core/secret'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { startFaultProxy } from '@etcdmonitor/rig/fault-proxy'
import { needServer } from '@etcdmonitor/rig/need-server'
import { expect, it } from 'vitest'
import { openKeysApi } from '../../keys-rig.contract.ts'
import { openEtcd } from '../../ops-rig.contract.ts'

const CHILDREN = '/api/kv/v3/children'

it('K39 names what a member answers, and quotes it escaped and bounded', async () => {
  let reply = { code: 0, details: '' }
  const range = always(() => reply)
  await using impostor = await imitateEtcd({
    Maintenance: { Status: always(STATUS) },
    Cluster: { MemberList: always({ header: HEADER, members: [MEMBER] }) },
    KV: { Range: range, Txn: range },
  })
  const api = await openKeysApi({ etcd: openEtcd([impostor.url]) })
  const nasty = `<script>"\u0007${'x'.repeat(500)}`
  for (const [code, details, status, told] of [
    [15, nasty, 503, 'etcd_corrupt'],
    [13, nasty, 502, 'etcd_error'],
    [8, 'etcdserver: too many requests', 503, 'etcd_overloaded'],
    [12, nasty, 501, 'not_supported'],
  ] as const) {
    reply = { code, details }
    const answers = [
      await api.get(CHILDREN),
      await api.get('/api/kv/v3/get?key=/a'),
      await api.get('/api/kv/v3/keys'),
      await api.get('/api/kv/v3/getpath'),
      await api.get('/api/kv/v3/search'),
    ]
    for (const answer of answers) {
      expect(answer).toMatchObject({ status, json: { code: told } })
      expect(answer.text).not.toMatch(/\p{Cc}/u)
      expect(answer.json.error.length).toBeLessThan(300)
    }
  }
})

needServer('etcd', () => {
  it('K34 tells a user without rights from a password that is wrong, and neither from a session', async () => {
    const auth = { username: 'operator', password: 'correct horse' }
    await using servers = await startEtcdCluster({ members: 1, auth, flags: ['--bcrypt-cost=4'] })
    const url = servers.endpoints[0] ?? ''
    const login = { name: auth.username, password: auth.password }
    const { token } = await callGateway<{ token: string }>(url, 'auth/authenticate', login)
    await callGateway(url, 'auth/user/add', { name: 'nobody', password: 'nothing' }, token)
    const open = (username: string, password: string) =>
      openKeysApi({ etcd: openEtcd([url], { username, password: toSecret(password) }) })
    for (const [username, password, status, code] of [
      ['nobody', 'nothing', 403, 'permission_denied'],
      ['operator', 'wrong', 502, 'etcd_auth_failed'],
    ] as const) {
      const api = await open(username, password)
      const refused = { status, json: { code } }
      expect(await api.get('/api/kv/v3/get?key=/a')).toMatchObject(refused)
      expect(await api.get(CHILDREN)).toMatchObject(refused)
      expect(await api.put({ key: '/a', value: 'x' })).toMatchObject(refused)
      expect(await api.remove({ key: '/a' })).toMatchObject(refused)
    }
  })

  it('K44 says of a put with a new lease, whose answer is lost, which lease the key may bear', async () => {
    await using servers = await startEtcdCluster({ members: 1 })
    await using proxy = await startFaultProxy(servers.endpoints[0] ?? '')
    const direct = await openKeysApi({ etcd: openEtcd(servers.endpoints) })
    const client = openEtcd([proxy.url])
    let calls = 0
    const api = await openKeysApi({
      etcd: {
        ...client,
        put: (change, options) =>
          client.put(change, {
            ...options,
            mayStillSend() {
              calls += 1 // the lease, then the transaction: in the tick in which that is sent
              if (calls === 2) void proxy.set({ mode: 'cutAfter', bytes: 1, direction: 'down' })
              return true
            },
          }),
      },
    })
    const { status, json } = await api.put({ key: '/a', value: 'x', ttl: 60 })
    expect({ status, code: json.code }).toEqual({ status: 504, code: 'outcome_unknown' })
    await expect
      .poll(async () => (await direct.get('/api/kv/v3/get?key=/a')).json.node)
      .toMatchObject({ lease_id: json.lease_id, version: 1 })
    const [entry] = (await api.deps.state.audit.page({ operation: 'put' }, { size: 1 })).entries
    expect(entry).toMatchObject({ verdict: 'unknown', code: 'outcome_unknown' })
  })

  it('connects at once to a member that answers again, in an interval in which no page asks it', async () => {
    await using servers = await startEtcdCluster({ members: 1 })
    await using proxy = await startFaultProxy(servers.endpoints[0] ?? '')
    await proxy.set({ mode: 'refuse' })
    const api = await openKeysApi({ etcd: openEtcd([proxy.url], { interval: 3_600_000 }) })
    const connect = () => api.get('/api/kv/v3/connect')
    expect(await connect()).toMatchObject({ status: 503, json: { code: 'etcd_unavailable' } })
    await proxy.set({ mode: 'pass' })
    await expect.poll(connect).toMatchObject({ status: 200, json: { size: expect.any(Number) } })
  })

  it('K7 K25 takes an empty value, and markup as the text that it is', async () => {
    await using servers = await startEtcdCluster({ members: 1 })
    const api = await openKeysApi({ etcd: openEtcd(servers.endpoints) })
    const markup = '<img src=x onerror=alert(1)>'
    for (const body of [
      { key: '/empty', value: '' },
      { key: markup, value: markup },
    ]) {
      expect((await api.put(body)).json.node).toMatchObject({ ...body, encoding: 'utf8' })
      const got = await api.get(`/api/kv/v3/get?key=${encodeURIComponent(body.key)}`)
      expect(got.json.node).toMatchObject(body)
      expect(got.headers.get('content-type')).toMatch(/^application\/json/)
      expect(got.headers.get('x-content-type-options')).toBe('nosniff')
    }
  })
})

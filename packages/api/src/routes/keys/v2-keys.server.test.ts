import { openEtcdCluster } from '@etcdmonitor/adapters/etcd/etcd-cluster'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type Answer, bearer, JSON_TYPE, openApi, recordingLog } from '../../api-rig.contract.ts'

const old = etcdVersions().find(({ version }) => version === '3.4')

describe.skipIf(!old || 'missing' in old)('/api/kv/v2 on etcd 3.4', () => {
  let servers: Servers
  beforeAll(async () => {
    servers = await startEtcdCluster({ members: 1, flags: ['--enable-v2'] })
  })
  afterAll(() => servers.dispose())

  async function open(endpoints = servers.endpoints) {
    const client = openEtcdCluster({
      endpoints,
      username: '',
      metricsPath: '/metrics',
      metricsEndpoint: '',
      memberAllowCidrs: [],
      interval: 1_000,
      clock: systemClock,
      log: recordingLog([]),
    })
    onTestFinished(() => client[Symbol.asyncDispose]())
    const api = await openApi({ etcd: client, v2: client.v2 })
    await api.addAdmin()
    const headers = bearer(await api.token())
    const write = (method: string, path: string, body: object): Promise<Answer> =>
      api.send(`/api/kv/v2/${path}`, {
        method,
        body: JSON.stringify(body),
        headers: { ...JSON_TYPE, ...headers },
      })
    return {
      api,
      get: (path: string) => api.send(`/api/kv/v2/${path}`, { headers }),
      put: (body: object) => write('PUT', 'put', body),
      remove: (body: object) => write('POST', 'delete', body),
    }
  }

  const refusal = ({ status, json }: Answer) => [status, json.code]

  it('shows the tree, a subtree, a key and a directory', async () => {
    const { get, put } = await open()
    expect((await put({ key: '/tree/a/b', value: '1', ttl: 60 })).json).toMatchObject({
      node: { key: '/tree/a/b', dir: false, value: '1', ttl: 60 },
      created: true,
    })
    await put({ key: '/tree/c', value: '2' })
    await put({ key: 'tree/d', dir: true })
    expect((await get('connect')).json).toMatchObject({
      version: expect.stringMatching(/^3\.4/),
      grants: null,
      etcd_user: null,
    })
    expect((await get('separator')).json).toEqual({ separator: '/' })
    const { node } = (await get('keys')).json
    expect(node.key).toBe('/')
    expect(node).not.toHaveProperty('createdIndex')
    const tree = node.nodes.find((one: { key: string }) => one.key === '/tree')
    expect(tree.nodes.map((one: { key: string }) => one.key)).toEqual(['/tree/a', '/tree/c', '/tree/d'])
    expect(tree.nodes[0].nodes[0]).toMatchObject({
      ttl: expect.any(Number),
      createdIndex: expect.any(Number),
    })
    expect(tree.nodes[0].nodes[0]).not.toHaveProperty('value')
    const path = (await get('getpath?key=/tree')).json
    expect(path).toMatchObject({
      folded: false,
      node: { nodes: [{ nodes: [{ value: '1' }] }, { value: '2' }, {}] },
    })
    expect((await get('getpath?key=/none')).json).toEqual({
      node: { key: '/none', dir: true, nodes: [] },
      folded: false,
    })
    expect((await get('get?key=/tree')).json.node.nodes).toHaveLength(3)
    expect((await get('get?key=/')).json.node.key).toBe('/')
    expect(refusal(await get('get?key=/none'))).toEqual([404, 'key_not_found'])
  })

  it('V3 V4 V6 V7 V9 refuses what v2 cannot do', async () => {
    const { get, put } = await open()
    await put({ key: '/f/a', value: '1' })
    const invalid = [400, 'validation_failed']
    expect(refusal(await put({ key: '/f/x', dir: true, value: 'x' }))).toEqual(invalid)
    expect(refusal(await put({ key: '/', value: 'x' }))).toEqual(invalid)
    expect(refusal(await put({ key: '/f/x' }))).toEqual(invalid)
    expect(refusal(await put({ key_b64: 'YQ==', value: 'x' }))).toEqual(invalid)
    expect(refusal(await put({ key: '/f/../x', value: 'x' }))).toEqual(invalid)
    expect(refusal(await get('get?key=/f/..'))).toEqual(invalid)
    expect(refusal(await put({ key: '/f', value: 'x' }))).toEqual([409, 'not_a_file'])
    expect(refusal(await put({ key: '/f/a/b', value: 'x' }))).toEqual([409, 'not_a_directory'])
    const conflict = [409, 'revision_conflict']
    expect(refusal(await put({ key: '/f/a', value: 'x', mod_revision: 1 }))).toEqual(conflict)
    expect(refusal(await put({ key: '/f/a', value: 'x', mod_revision: 0 }))).toEqual(conflict)
    expect((await get('get?key=/f/a')).json.node.value).toBe('1')
  })

  it('V8 keeps the time that a key has left, and takes it away on request', async () => {
    const { put } = await open()
    await put({ key: '/t', value: '1', ttl: 60 })
    const { ttl } = (await put({ key: '/t', value: '2' })).json.node
    expect(ttl).toBeGreaterThanOrEqual(55)
    expect(ttl).toBeLessThanOrEqual(60)
    expect((await put({ key: '/t', value: '3', ttl: 0 })).json.node).not.toHaveProperty('ttl')
  })

  it('V5 deletes keys and directories, with the count where it is wanted', async () => {
    const { api, put, remove } = await open()
    await put({ key: '/d/a', value: '1' })
    await put({ key: '/d/b/c', value: '1' })
    expect(refusal(await remove({ key: '/none' }))).toEqual([404, 'key_not_found'])
    expect(refusal(await remove({ key: '/d' }))).toEqual([409, 'not_a_file'])
    expect(refusal(await remove({ key: '/', dir: true }))).toEqual([403, 'root_read_only'])
    expect((await remove({ key: '/d', dir: true, dry_run: true })).json).toEqual({
      message: 'dry run',
      dry_run: true,
      count: 2,
      sample: expect.arrayContaining(['/d/a', '/d/b/c']),
    })
    expect(refusal(await remove({ key: '/d', dir: true, expected_count: 3 }))).toEqual([
      409,
      'confirmation_required',
    ])
    expect((await remove({ key: '/d', dir: true, expected_count: 2 })).json).toEqual({
      message: 'ok',
      deleted: 2,
    })
    const { entries } = await api.deps.state.audit.page({ operation: 'delete' }, { size: 10 })
    expect(entries[0]).toMatchObject({ target: '/d', verdict: 'succeeded', message: 'ok {"deleted":2}' })
  })

  it('V1 says that v2 is off, and works again when etcd has it', async () => {
    const off = await startEtcdCluster({ members: 1 })
    const { get, put, remove } = await open(off.endpoints)
    const unavailable = [503, 'v2_unavailable']
    for (const path of ['connect', 'keys', 'getpath', 'get?key=/a'])
      expect(refusal(await get(path))).toEqual(unavailable)
    expect(refusal(await put({ key: '/a', value: '1' }))).toEqual(unavailable)
    expect(refusal(await remove({ key: '/a' }))).toEqual(unavailable)
    expect((await get('separator')).status).toBe(200)
    const { ports: freed } = off
    await off.dispose()
    expect(refusal(await get('connect'))).toEqual([503, 'etcd_unavailable'])
    await using on = await startEtcdCluster({ members: 1, flags: ['--enable-v2'], ports: freed })
    expect(on.endpoints).toEqual(off.endpoints)
    expect((await get('connect')).status).toBe(200)
    expect((await put({ key: '/a', value: '1' })).status).toBe(200)
  })
})

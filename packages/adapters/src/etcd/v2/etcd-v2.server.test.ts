import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { describe, expect, it } from 'vitest'
import { openClient } from '../open-client.contract.ts'

const old = etcdVersions().find(({ version }) => version === '3.4')

describe.skipIf(!old || 'missing' in old)('EtcdV2 on etcd 3.4 with --enable-v2', () => {
  const open = () => startEtcdCluster({ members: 1, flags: ['--enable-v2'] })

  it('puts, reads, lists and removes, with the codes of v2 told as ours', async () => {
    await using servers = await open()
    await using client = openClient({ endpoints: ['http://127.0.0.1:1', ...servers.endpoints] })
    const { v2 } = client
    await v2.probe()
    const { node, created } = await v2.put('/a/b', { dir: false, value: '1', ttlSeconds: 60 })
    expect(node).toMatchObject({ key: '/a/b', dir: false, value: '1', ttlSeconds: 60 })
    expect(created).toBe(true)
    const index = String(node.modifiedIndex)
    const stale = { code: 'revision_conflict' }
    await expect(v2.put('/a/b', { dir: false, value: '2', ifIndex: '0' })).rejects.toMatchObject(stale)
    await expect(v2.put('/a/b', { dir: false, value: '2', ifIndex: '1' })).rejects.toMatchObject(stale)
    await expect(v2.put('/none', { dir: false, value: '2', ifIndex: '9' })).rejects.toMatchObject(stale)
    const next = await v2.put('/a/b', { dir: false, value: '2', ifIndex: index })
    expect({ created: next.created, ttl: next.node.ttlSeconds }).toEqual({ created: false, ttl: undefined })
    await expect(v2.put('/a', { dir: false, value: 'x' })).rejects.toMatchObject({ code: 'not_a_file' })
    await expect(v2.put('/a/b/c', { dir: false, value: 'x' })).rejects.toMatchObject({
      code: 'not_a_directory',
    })
    expect(await v2.get('/', { recursive: true })).toMatchObject({
      key: '/',
      dir: true,
      nodes: [{ key: '/a', dir: true, nodes: [{ key: '/a/b', value: '2' }] }],
    })
    expect(await v2.get('/none', { recursive: false })).toBeUndefined()
    await expect(v2.remove('/a', { recursive: false })).rejects.toMatchObject({ code: 'not_a_file' })
    await expect(v2.remove('/', { recursive: true })).rejects.toMatchObject({ code: 'root_read_only' })
    expect(await v2.remove('/a', { recursive: true })).toBe(true)
    expect(await v2.remove('/a', { recursive: true })).toBe(false)
  })

  it('V9 sends a key that looks like a query, or has blanks, as that key', async () => {
    await using servers = await open()
    await using client = openClient({ endpoints: servers.endpoints })
    const key = '/a?recursive=true#é %2f'
    await client.v2.put(key, { dir: false, value: 'x' })
    expect((await client.v2.get('/', { recursive: true }))?.nodes?.map((node) => node.key)).toEqual([key])
    expect((await client.v2.get(key, { recursive: false }))?.value).toBe('x')
  })

  it('V1 V2 is off without the flag for 10 s, and a dead cluster is no sign of it', async () => {
    await using servers = await startEtcdCluster({ members: 1 })
    await using client = openClient({ endpoints: servers.endpoints })
    const off = { code: 'v2_unavailable' }
    await expect(client.v2.probe()).rejects.toMatchObject(off)
    await servers.members[0]?.kill()
    // known, so nobody is asked
    await expect(client.v2.get('/', { recursive: false })).rejects.toMatchObject(off)
    await expect(client.v2.probe()).rejects.toMatchObject({ code: 'etcd_unavailable' })
  })
})

import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { beforeEach, describe, expect, it } from 'vitest'
import { type KeysApi, madeAt, openKeysApi } from '../../keys-rig.contract.ts'

let api: KeysApi
beforeEach(async () => {
  api = await openKeysApi()
})

describe('/api/kv/v3/children', () => {
  it('gives one level with counts, page by page at one revision', async () => {
    await api.fill('/r/pods/a', '/r/pods/b', '/r/x', '/r')
    const first = (await api.get('/api/kv/v3/children?key=/r&limit=1')).json
    expect(first).toMatchObject({
      node: {
        key: '/r',
        dir: true,
        ...madeAt(5),
        count: 3,
        nodes: [{ key: '/r/pods', dir: true, count: 2 }],
      },
      revision: 5,
      member_id: '9007199254740993',
      truncated: true,
    })
    await api.fill('/r/pods/c', '/r/y')
    const second = (await api.get(`/api/kv/v3/children?key=/r&limit=1&cursor=${first.cursor}`)).json
    expect(second.node).toEqual({
      key: '/r',
      dir: true,
      ...madeAt(5),
      nodes: [{ key: '/r/x', dir: false, ...madeAt(4) }],
    })
    expect(second).toMatchObject({ revision: 5, truncated: false, cursor: null })
  })

  it('K21 K22 shows the root, and by prefix the directory that it hides', async () => {
    await api.fill('/x//y', '/x/y', 'x/y', '/x/y/', '/', '//z', '/__proto__/a')
    const { nodes } = (await api.get('/api/kv/v3/children')).json.node
    expect(nodes).toEqual([
      { key: '/', dir: true, ...madeAt(6), count: 1 },
      { key: '/__proto__', dir: true, count: 1 },
      { key: '/x', dir: true, count: 3 },
      { key: 'x', dir: true, count: 1 },
    ])
    const hidden = (await api.get('/api/kv/v3/children?prefix=//')).json.node
    expect(hidden).toMatchObject({ key: '/', count: 1, nodes: [{ key: '//z' }] })
    expect((await api.get('/api/kv/v3/children?key=/')).json.node.nodes).toEqual(nodes)
  })

  it('ET32 shows what lies in the ranges that our etcd user may read, and says so', async () => {
    await api.fill('/app/a', '/app/b', '/other/c')
    api.etcd.setGrants({
      user: 'app',
      read: [{ from: toUtf8('/app/'), to: toUtf8('/app0') }],
      write: [],
    })
    const root = (await api.get('/api/kv/v3/children')).json
    expect(root).toMatchObject({
      limited: true,
      node: { count: 2, nodes: [{ key: '/app', dir: true, count: 2 }] },
    })
    const inside = (await api.get('/api/kv/v3/children?prefix=/app/')).json
    expect(inside.node.nodes.map((node: { key: string }) => node.key)).toEqual(['/app/a', '/app/b'])
    expect(await api.get('/api/kv/v3/children?prefix=/other/')).toMatchObject({
      status: 403,
      json: { code: 'permission_denied' },
    })
  })
})

describe('/api/kv/v3/getpath', () => {
  it('K20 gives a node and what is below it, and nothing of its siblings', async () => {
    await api.fill('/foo', '/foo/x', '/foobar/x', '/foo0')
    const { json } = await api.get('/api/kv/v3/getpath?key=/foo')
    expect(json).toEqual({
      node: {
        key: '/foo',
        dir: true,
        ...madeAt(2),
        encoding: 'utf8',
        value: '/foo',
        nodes: [{ key: '/foo/x', dir: false, ...madeAt(3), encoding: 'utf8', value: '/foo/x' }],
      },
      revision: 5,
      member_id: '9007199254740993',
      truncated: false,
      cursor: null,
      folded: false,
    })
    const none = (await api.get('/api/kv/v3/getpath?key=/nope')).json
    expect(none.node).toEqual({ key: '/nope', dir: true, nodes: [] })
  })

  it('goes on by cursor, and repeats the ancestors', async () => {
    await api.fill('/a/b/1', '/a/b/2', '/a/c')
    const first = (await api.get('/api/kv/v3/getpath?limit=1&keys_only=true')).json
    expect(first.node.nodes).toEqual([
      {
        key: '/a',
        dir: true,
        nodes: [{ key: '/a/b', dir: true, nodes: [{ key: '/a/b/1', dir: false, ...madeAt(2) }] }],
      },
    ])
    const second = (await api.get(`/api/kv/v3/getpath?limit=5&keys_only=true&cursor=${first.cursor}`)).json
    expect(second.node.nodes).toEqual([
      {
        key: '/a',
        dir: true,
        nodes: [
          { key: '/a/b', dir: true, nodes: [{ key: '/a/b/2', dir: false, ...madeAt(3) }] },
          { key: '/a/c', dir: false, ...madeAt(4) },
        ],
      },
    ])
  })

  it('gives siblings in byte order, a directory that is no key as its key and the separator', async () => {
    await api.fill('/a', '/a-b', '/a/x', '/b-c', '/b/x')
    const { nodes } = (await api.get('/api/kv/v3/getpath?keys_only=true')).json.node
    expect(nodes.map((node: { key: string }) => node.key)).toEqual(['/a', '/a-b', '/b-c', '/b'])
  })

  it('ends a page at 16 MiB of values', async () => {
    const value = new Uint8Array(6 * 1_048_576).fill(0x61)
    for (const name of ['/v/1', '/v/2', '/v/3', '/v/4'])
      await api.etcd.put({ key: toUtf8(name), value, lease: 'keep' })
    const first = (await api.get('/api/kv/v3/getpath?key=/v')).json
    expect(first.node.nodes).toHaveLength(3)
    const second = (await api.get(`/api/kv/v3/getpath?key=/v&cursor=${first.cursor}`)).json
    expect(second.node.nodes.map((node: { key: string }) => node.key)).toEqual(['/v/4'])
  })
})

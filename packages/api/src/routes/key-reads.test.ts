import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { beforeEach, describe, expect, it } from 'vitest'
import { bearer } from '../api-rig.contract.ts'
import { type KeysApi, openKeysApi } from '../keys-rig.contract.ts'

let api: KeysApi
beforeEach(async () => {
  api = await openKeysApi()
})

const key = (revision: number, version = 1) => ({
  createdIndex: revision,
  modifiedIndex: revision,
  version,
})

describe('/api/kv/v3/connect and separator', () => {
  it('tells of the cluster, by GET and by POST', async () => {
    await api.fill('/a')
    const { status, json } = await api.get('/api/kv/v3/connect')
    expect(status).toBe(200)
    expect(json).toEqual({
      version: '3.4.23',
      name: 'alpha',
      size: 20_480,
      size_str: '20.00 KB',
      cluster_id: '14841639068965178418',
      member_id: '9007199254740993',
      leader_id: '9007199254740993',
      revision: 1,
      grants: null,
    })
    const posted = await api.send('/api/kv/v3/connect', {
      method: 'POST',
      headers: bearer(api.token),
      body: 'x',
    })
    expect(posted.json).toEqual(json)
  })

  it('tells what our etcd user may do, in pieces', async () => {
    const range = (from: string, to: string) => ({ from: toUtf8(from), to: toUtf8(to) })
    api.etcd.setGrants({ read: [range('/app/', '/app0')], write: [range('/app/w', '/app/x')] })
    expect((await api.get('/api/kv/v3/connect')).json.grants).toEqual([
      { from: '/app/', to: '/app/w', read: true, write: false },
      { from: '/app/w', to: '/app/x', read: true, write: true },
      { from: '/app/x', to: '/app0', read: true, write: false },
    ])
  })

  it('K31 says why nobody answers', async () => {
    api.etcd.setDown('9007199254740993')
    const { status, json } = await api.get('/api/kv/v3/connect')
    expect({ status, code: json.code }).toEqual({ status: 503, code: 'etcd_unavailable' })
    expect(json.endpoints).toEqual([{ url: 'http://alpha.invalid:2379', stage: 'tcp' }])
  })

  it('knows the separator without etcd', async () => {
    api.etcd.setDown('9007199254740993')
    expect((await api.get('/api/kv/v3/separator')).json).toEqual({ separator: '/' })
  })
})

describe('/api/kv/v3/get', () => {
  it('gives a key with its value and its lease', async () => {
    await api.fill('/cfg/a')
    await api.etcd.put({ key: toUtf8('/l'), value: toUtf8('1'), lease: { grantSeconds: 60 } })
    const answer = await api.get('/api/kv/v3/get?key=/cfg/a')
    expect(answer.json).toEqual({
      node: { key: '/cfg/a', dir: false, ...key(2), encoding: 'utf8', value: '/cfg/a' },
      revision: 3,
      data_since: 0,
    })
    expect(answer.headers.get('x-value-bytes')).toBe('6')
    const { node } = (await api.get('/api/kv/v3/get?key=/l')).json
    expect(node).toMatchObject({ lease_id: '9007199254740994', ttl: 60 })
    const old = (await api.get('/api/kv/v3/get?key=/l&revision=3')).json
    expect(old.node).not.toHaveProperty('ttl')
    expect(old.revision).toBe(3)
  })

  it('K24 gives bytes that are no text as base64, and on request all', async () => {
    await api.fill(Uint8Array.of(0xff))
    const { node } = (await api.get('/api/kv/v3/get?key_b64=%2Fw%3D%3D')).json
    expect(node).toEqual({
      key: '\\xff',
      key_b64: '/w==',
      dir: false,
      ...key(2),
      encoding: 'base64',
      value_b64: '/w==',
    })
    await api.fill('/t')
    expect((await api.get('/api/kv/v3/get?key=/t&encoding=base64')).json.node).toMatchObject({
      value_b64: 'L3Q=',
    })
  })
})

describe('/api/kv/v3/children', () => {
  it('gives one level with counts, page by page at one revision', async () => {
    await api.fill('/r/pods/a', '/r/pods/b', '/r/x', '/r')
    const first = (await api.get('/api/kv/v3/children?key=/r&limit=1')).json
    expect(first).toMatchObject({
      node: { key: '/r', dir: true, ...key(5), count: 3, nodes: [{ key: '/r/pods', dir: true, count: 2 }] },
      revision: 5,
      member_id: '9007199254740993',
      truncated: true,
    })
    await api.fill('/r/pods/c', '/r/y')
    const second = (await api.get(`/api/kv/v3/children?key=/r&limit=1&cursor=${first.cursor}`)).json
    expect(second.node).toEqual({
      key: '/r',
      dir: true,
      ...key(5),
      nodes: [{ key: '/r/x', dir: false, ...key(4) }],
    })
    expect(second).toMatchObject({ revision: 5, truncated: false, cursor: null })
  })

  it('K21 K22 shows the root, and by prefix the directory that it hides', async () => {
    await api.fill('/x//y', '/x/y', 'x/y', '/x/y/', '/', '//z', '/__proto__/a')
    const { nodes } = (await api.get('/api/kv/v3/children')).json.node
    expect(nodes).toEqual([
      { key: '/', dir: true, ...key(6), count: 1 },
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
    api.etcd.setGrants({ read: [{ from: toUtf8('/app/'), to: toUtf8('/app0') }], write: [] })
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
        ...key(2),
        encoding: 'utf8',
        value: '/foo',
        nodes: [{ key: '/foo/x', dir: false, ...key(3), encoding: 'utf8', value: '/foo/x' }],
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
        nodes: [{ key: '/a/b', dir: true, nodes: [{ key: '/a/b/1', dir: false, ...key(2) }] }],
      },
    ])
    const second = (await api.get(`/api/kv/v3/getpath?limit=5&keys_only=true&cursor=${first.cursor}`)).json
    expect(second.node.nodes).toEqual([
      {
        key: '/a',
        dir: true,
        nodes: [
          { key: '/a/b', dir: true, nodes: [{ key: '/a/b/2', dir: false, ...key(3) }] },
          { key: '/a/c', dir: false, ...key(4) },
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

describe('/api/kv/v3/keys', () => {
  it('streams the whole tree, and says what it holds at the end', async () => {
    await api.fill('/cfg/a', 'b')
    const answer = await api.get('/api/kv/v3/keys')
    expect(answer.text).toBe(
      '{"node":{"key":"/","dir":true,"nodes":[{"key":"/cfg","dir":true,"nodes":[{"key":"/cfg/a","dir":false,"createdIndex":2,"modifiedIndex":2,"version":1}]},{"key":"b","dir":false,"createdIndex":3,"modifiedIndex":3,"version":1}]},"revision":3,"member_id":"9007199254740993","count":2,"truncated":false,"folded":false}',
    )
    expect(answer.headers.get('x-accel-buffering')).toBe('no')
  })

  it('K21 shows six keys as six nodes', async () => {
    await api.fill('/x//y', '/x/y', 'x/y', '/x/y/', '/', '//z')
    const { json } = await api.get('/api/kv/v3/keys')
    expect(json.count).toBe(6)
    const found: string[] = []
    const open = [json.node]
    for (let node = open.pop(); node; node = open.pop()) {
      if (node.version !== undefined) found.push(node.key)
      open.push(...(node.nodes ?? []))
    }
    expect(found.toSorted()).toEqual(['/', '//z', '/x//y', '/x/y', '/x/y/', 'x/y'])
  })

  it('is cut at max_keys, and answers 304 while nothing is written', async () => {
    await api.fill('/a', '/b', '/c')
    const first = await api.get('/api/kv/v3/keys?max_keys=2')
    expect(first.json).toMatchObject({ count: 2, truncated: true })
    const again = { headers: { ...bearer(api.token), 'if-none-match': first.headers.get('etag') ?? '' } }
    expect((await api.send('/api/kv/v3/keys?max_keys=2', again)).status).toBe(304)
    expect((await api.send('/api/kv/v3/keys?max_keys=3', again)).status).toBe(200)
    await api.fill('/d')
    expect((await api.send('/api/kv/v3/keys?max_keys=2', again)).status).toBe(200)
  })

  it('answers HEAD, and holds no place for it', async () => {
    await api.fill('/a')
    for (let round = 0; round < 3; round += 1) {
      const head = await api.send('/api/kv/v3/keys', { method: 'HEAD', headers: bearer(api.token) })
      expect({ status: head.status, text: head.text }).toEqual({ status: 200, text: '' })
    }
  })

  it('K33 runs two listings at once, and has their places back when clients leave', async () => {
    await api.fill(...Array.from({ length: 3_000 }, (_, index) => `/k/${index}`))
    const open = () =>
      api.app.fetch(new Request('http://console.test/api/kv/v3/keys', { headers: bearer(api.token) }), {
        peer: '',
      })
    const [first, second] = await Promise.all([open(), open()])
    expect(await api.get('/api/kv/v3/keys')).toMatchObject({ status: 503, json: { code: 'overloaded' } })
    await first.body?.cancel()
    expect((await api.get('/api/kv/v3/keys')).json.count).toBe(3_000)
    await second.body?.cancel()
  })

  it('K32 breaks the transfer when etcd fails in the middle', async () => {
    async function* failing() {
      const entry = { key: toUtf8('/a'), createRevision: '2', modRevision: '2', keyVersion: '1' }
      yield { entries: [entry], more: true, memberId: '1', revision: '2' }
      throw new Error('etcd is gone')
    }
    const broken = await openKeysApi({ etcd: { ...api.etcd, scan: failing } })
    const request = new Request('http://console.test/api/kv/v3/keys', { headers: bearer(broken.token) })
    const answer = await broken.app.fetch(request, { peer: '' })
    expect(answer.status).toBe(200)
    await expect(answer.text()).rejects.toThrow('etcd is gone')
  })

  it('C7 ends with its session within 10 s, and has its place back', async () => {
    await api.fill(...Array.from({ length: 3_000 }, (_, index) => `/k/${index}`))
    const open = () =>
      api.app.fetch(new Request('http://console.test/api/kv/v3/keys', { headers: bearer(api.token) }), {
        peer: '',
      })
    const answers = await Promise.all([open(), open()])
    await api.send('/api/auth/logout', { method: 'POST', headers: bearer(api.token) })
    await api.clock.advance(10_000)
    for (const answer of answers)
      await expect(answer.text()).rejects.toMatchObject({ code: 'unauthenticated' })
    const { json } = await api.login()
    const again = await api.send('/api/kv/v3/keys', { headers: bearer(json.session_token) })
    expect(again.json.count).toBe(3_000)
    expect(api.lines.filter(({ level }) => level === 'error')).toEqual([])
  })
})

describe('/api/kv/v3/search', () => {
  it('K41 finds what a plain filter finds, each once, in pieces', async () => {
    await api.fill('/a/b', '/a/B', ...Array.from({ length: 300 }, (_, index) => `/n/${index}`))
    const search = async (query: string) => {
      const found: string[] = []
      let scanned = 0
      let cursor = ''
      for (;;) {
        const { json } = await api.get(`/api/kv/v3/search?${query}${cursor}`)
        expect(json.in_scope).toBe(302)
        expect(json.complete).toBe(json.cursor === null)
        found.push(...json.items.map((item: { key: string }) => item.key))
        scanned += json.scanned
        if (json.complete) return { found, scanned, last: json.last_key }
        cursor = `&cursor=${json.cursor}`
      }
    }
    expect(await search('q=B&limit=1')).toEqual({ found: ['/a/B', '/a/b'], scanned: 302, last: '/n/99' })
    expect(await search('q=B&case=match&limit=1')).toMatchObject({ found: ['/a/B'] })
    expect((await search('limit=100')).found).toHaveLength(302)
  })

  it('looks at values, below a prefix, from a key on', async () => {
    await api.fill('/a/1', '/a/2', '/b/1')
    const { json } = await api.get('/api/kv/v3/search?prefix=/a/&in=value&q=1')
    expect(json).toMatchObject({ items: [{ key: '/a/1', dir: false, ...key(2) }], in_scope: 2, scanned: 2 })
    expect(json.items[0]).not.toHaveProperty('value')
    const from = (await api.get('/api/kv/v3/search?from=/a/2')).json
    expect(from.items.map((item: { key: string }) => item.key)).toEqual(['/a/2', '/b/1'])
    const beyond = (await api.get('/api/kv/v3/search?prefix=/a/&from=/b')).json
    expect(beyond).toMatchObject({ items: [], in_scope: 2, scanned: 0, complete: true })
  })
})

import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { beforeEach, describe, expect, it } from 'vitest'
import { bearer } from '../../api-rig.contract.ts'
import { type KeysApi, openKeysApi } from '../../keys-rig.contract.ts'

let api: KeysApi
beforeEach(async () => {
  api = await openKeysApi()
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

  it('C7 ends with its session within half a second, and has its place back', async () => {
    await api.fill(...Array.from({ length: 3_000 }, (_, index) => `/k/${index}`))
    const open = () =>
      api.app.fetch(new Request('http://console.test/api/kv/v3/keys', { headers: bearer(api.token) }), {
        peer: '',
      })
    const answers = await Promise.all([open(), open()])
    await api.send('/api/auth/logout', { method: 'POST', headers: bearer(api.token) })
    await api.clock.advance(500)
    for (const answer of answers)
      await expect(answer.text()).rejects.toMatchObject({ code: 'unauthenticated' })
    const { json } = await api.login()
    const again = await api.send('/api/kv/v3/keys', { headers: bearer(json.session_token) })
    expect(again.json.count).toBe(3_000)
    expect(api.lines.filter(({ level }) => level === 'error')).toEqual([])
  })
})

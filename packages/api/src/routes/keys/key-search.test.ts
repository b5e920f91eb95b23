import { beforeEach, describe, expect, it } from 'vitest'
import { type KeysApi, madeAt, openKeysApi } from '../../keys-rig.contract.ts'

let api: KeysApi
beforeEach(async () => {
  api = await openKeysApi()
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
    expect(json).toMatchObject({
      items: [{ key: '/a/1', dir: false, ...madeAt(2) }],
      in_scope: 2,
      scanned: 2,
    })
    expect(json.items[0]).not.toHaveProperty('value')
    const from = (await api.get('/api/kv/v3/search?from=/a/2')).json
    expect(from.items.map((item: { key: string }) => item.key)).toEqual(['/a/2', '/b/1'])
    const beyond = (await api.get('/api/kv/v3/search?prefix=/a/&from=/b')).json
    expect(beyond).toMatchObject({ items: [], in_scope: 2, scanned: 0, complete: true })
  })
})

import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type KeysApi, openKeysApi } from '../../keys-rig.contract.ts'
import { openEtcd } from '../../ops-rig.contract.ts'

const base64 = (bytes: string | Uint8Array) => Buffer.from(bytes).toString('base64')
const bytes = (...some: number[]) => Uint8Array.from(some)

const DEEP = `/deep${'/d'.repeat(500)}`
/** As long as the address of a request takes in base64. */
const LONG = `/long/${'k'.repeat(5_994)}`

/** Keys that a careless program takes for one another, loses, or breaks at. */
const KEYS: readonly (readonly [what: string, key: string | Uint8Array])[] = [
  ['/', '/'],
  ['//', '//'],
  ['//x', '//x'],
  ['/a', '/a'],
  ['/a/', '/a/'],
  ['/a//b', '/a//b'],
  ['/a/b', '/a/b'],
  ['/a/b/', '/a/b/'],
  ['a', 'a'],
  ['a/b', 'a/b'],
  ['/a-b', '/a-b'],
  ['/a.b', '/a.b'],
  ['/a+b', '/a+b'],
  ['/__proto__', '/__proto__'],
  ['/__proto__/polluted', '/__proto__/polluted'],
  ['__proto__', '__proto__'],
  ['/constructor/prototype/x', '/constructor/prototype/x'],
  ['/hasOwnProperty', '/hasOwnProperty'],
  ['markup', '/<img src=x onerror=alert(1)>'],
  ['/%2e%2e/%00', '/%2e%2e/%00'],
  ['/../x', '/../x'],
  ['spaces', '/ /\t/\n'],
  ['one zero byte', bytes(0)],
  ['one byte 0xff', bytes(0xff)],
  ['0xff below a directory', bytes(0x2f, 0x61, 0x2f, 0xff, 0xfe)],
  ['half of a character', bytes(0x2f, 0xc3)],
  ['500 levels', DEEP],
  ['6,000 bytes', LONG],
]

const V3 = '/api/kv/v3'
const b64 = (key: string | Uint8Array) => encodeURIComponent(base64(key))

describe.each(etcdVersions())('ET26 odd keys on etcd $version', (server) => {
  const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts
  let servers: Servers
  let api: KeysApi
  beforeAll(async () => {
    if (!isMissing) servers = await startEtcdCluster({ members: 1, binary: server.path })
  })
  afterAll(() => servers?.dispose())
  beforeEach(async () => {
    if (isMissing) return
    api = await openKeysApi({ etcd: openEtcd(servers.endpoints) })
    await api.remove({ prefix: '', dir: true, expected_count: await countAll() })
    for (const [what, key] of KEYS) {
      const put = await api.put({ key_b64: base64(key), value: what })
      expect(put).toMatchObject({ status: 200, json: { created: true } })
    }
  })

  const countAll = async (): Promise<number> =>
    (await api.remove({ prefix: '', dir: true, dry_run: true })).json.count

  it.skipIf(isMissing)('K21 K22 are put, read, replaced and deleted each alone', async () => {
    expect(await countAll()).toBe(KEYS.length)
    for (const [what, key] of KEYS) {
      const { json } = await api.get(`${V3}/get?key_b64=${b64(key)}`)
      expect([json.node.value, json.node.version]).toEqual([what, 1])
      expect(keyOf(json.node)).toBe(base64(key))
      const next = { key_b64: base64(key), value: `${what} again`, mod_revision: json.node.modifiedIndex }
      expect(await api.put(next)).toMatchObject({ status: 200, json: { created: false } })
    }
    for (const [at, [what, key]] of KEYS.entries()) {
      const { json } = await api.get(`${V3}/get?key_b64=${b64(key)}`)
      expect([json.node.value, json.node.version]).toEqual([`${what} again`, 2])
      expect((await api.remove({ key_b64: base64(key), dry_run: true })).json.count).toBe(1)
      expect((await api.remove({ key_b64: base64(key) })).json.deleted).toBe(1)
      expect(await countAll()).toBe(KEYS.length - at - 1)
    }
  })

  it.skipIf(isMissing)(
    'K21 K22 stand each once in the tree, in a subtree, level by level, and in a search',
    async () => {
      const all = KEYS.map(([, key]) => base64(key)).toSorted()
      const tree = (await api.get(`${V3}/keys`)).json
      expect([tree.count, tree.folded]).toEqual([KEYS.length, true])
      expect(keysIn(tree.node)).toEqual(all)
      const subtree = (await api.get(`${V3}/getpath`)).json
      expect(keysIn(subtree.node)).toEqual(all)
      expect((await api.get(`${V3}/search`)).json.items.map(keyOf).toSorted()).toEqual(all)
      expect((await browse()).toSorted()).toEqual(all)
      expect(({} as { readonly polluted?: unknown }).polluted).toBeUndefined()
      expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('x')
    },
  )

  it.skipIf(isMissing)('a directory of them goes alone, the deepest one too', async () => {
    expect((await api.remove({ key: '/a', dir: true })).json.deleted).toBe(6)
    expect((await api.remove({ prefix: '//', dir: true })).json.deleted).toBe(2)
    expect((await api.remove({ key: '/__proto__', dir: true })).json.deleted).toBe(2)
    expect((await api.remove({ key: DEEP.slice(0, -2), dir: true })).json.deleted).toBe(1)
    expect(await countAll()).toBe(KEYS.length - 11)
  })

  it.skipIf(isMissing)('1.5 MB of any bytes come back from get, getpath and put as they are', async () => {
    const value = Buffer.alloc(
      1_500_000,
      Uint8Array.from({ length: 256 }, (_, index) => index),
    )
    const put = await api.put({ key: '/large', value_b64: base64(value) })
    expect(put).toMatchObject({ status: 200, json: { node: { value_b64: base64(value) } } })
    const got = await api.get(`${V3}/get?key=/large`)
    expect(got.headers.get('x-value-bytes')).toBe('1500000')
    expect(got.json.node.value_b64).toBe(base64(value))
    const [node] = (await api.get(`${V3}/getpath?key=/large`)).json.node.nodes
    expect(node).toBeUndefined()
    expect((await api.get(`${V3}/getpath?key=/large`)).json.node.value_b64).toBe(base64(value))
    expect((await api.put({ key: '/large', value: 'x'.repeat(1_600_000) })).json.code).toBe(
      'payload_too_large',
    )
    expect((await api.get(`${V3}/get?key=/large`)).json.node.version).toBe(1)
  })

  /** Every key that is found by opening one directory after the other, three children a page. */
  async function browse(): Promise<string[]> {
    const found: string[] = []
    const waiting = [`prefix=`]
    for (let asked = waiting.pop(); asked !== undefined; asked = waiting.pop()) {
      let cursor = ''
      do {
        const { status, json } = await api.get(`${V3}/children?${asked}&limit=3${cursor}`)
        expect(status).toBe(200)
        for (const node of json.node.nodes) {
          if (node.version !== undefined) found.push(keyOf(node))
          const prefix = Buffer.concat([Buffer.from(keyOf(node), 'base64'), Buffer.from('/')])
          if (node.dir) waiting.push(`prefix_b64=${b64(prefix)}`)
        }
        cursor = json.cursor === null ? '' : `&cursor=${json.cursor}`
      } while (cursor !== '')
    }
    return found
  }
})

interface Node {
  readonly key: string
  readonly key_b64?: string
  readonly version?: number
  readonly nodes?: readonly Node[]
}

const keyOf = ({ key, key_b64: encoded }: Node): string => encoded ?? base64(key)

/** Without recursion: 500 levels are folded, 256 are not. */
function keysIn(top: Node): readonly string[] {
  const found: string[] = []
  const open = [top]
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.version !== undefined) found.push(keyOf(node))
    open.push(...(node.nodes ?? []))
  }
  return found.toSorted()
}

import { beforeEach, describe, expect, it } from 'vitest'
import { type Answer, bearer, NOW } from '../../api-rig.contract.ts'
import { type KeysApi, openKeysApi } from '../../keys-rig.contract.ts'

let api: KeysApi
beforeEach(async () => {
  api = await openKeysApi()
  await api.fill('/a', '/a/b', '/a/c')
})

const V3 = '/api/kv/v3'
const long = 'x'.repeat(8_193)

/** Row, path and query, status, code, and the code of the item where there is one. */
const READS: readonly (readonly [row: string, path: string, status: number, code: string, item?: string])[] =
  [
    ['K1', '/get', 400, 'validation_failed', 'required'],
    ['K1', '/get?key=', 400, 'validation_failed', 'required'],
    ['K2', '/get?key=/missing', 404, 'key_not_found'],
    ['K2', '/get?key=/a/', 404, 'key_not_found'],
    ['K3', '/get?key=%ff', 400, 'malformed_request'],
    ['K4', '/get?key_b64=x', 400, 'validation_failed', 'invalid_base64'],
    ['K4', '/get?key_b64=/w', 400, 'validation_failed', 'invalid_base64'],
    ['K4', '/get?key_b64=YQ==%0A', 400, 'validation_failed', 'invalid_base64'],
    ['K4', '/get?key_b64=_w==', 400, 'validation_failed', 'invalid_base64'],
    ['K4', '/get?key=a&key_b64=YQ==', 400, 'validation_failed', 'exactly_one_of'],
    ['K26', '/children?limit=0', 400, 'validation_failed', 'out_of_range'],
    ['K26', '/children?limit=-1', 400, 'validation_failed', 'invalid_format'],
    ['K26', '/children?limit=1001', 400, 'validation_failed', 'out_of_range'],
    ['K26', '/children?limit=x', 400, 'validation_failed', 'invalid_format'],
    ['K26', '/children?cursor=abc', 400, 'validation_failed', 'invalid_cursor'],
    ['K26', '/children?key=/a&prefix=/a/', 400, 'validation_failed', 'exactly_one_of'],
    ['K26', '/children?prefix=/a', 400, 'validation_failed', 'invalid_format'],
    ['K27', '/getpath?limit=0', 400, 'validation_failed', 'out_of_range'],
    ['K27', '/getpath?limit=50001', 400, 'validation_failed', 'out_of_range'],
    ['K27', '/getpath?keys_only=1', 400, 'validation_failed', 'not_allowed_value'],
    ['K27', '/keys?max_keys=0', 400, 'validation_failed', 'out_of_range'],
    ['K27', '/keys?max_keys=1000001', 400, 'validation_failed', 'out_of_range'],
    ['K27', '/getpath?encoding=hex', 400, 'validation_failed', 'not_allowed_value'],
    ['K28', '/get?key=/a&revision=0', 400, 'validation_failed', 'out_of_range'],
    ['K28', '/get?key=/a&revision=9007199254740992', 400, 'validation_failed', 'out_of_range'],
    ['K28', '/get?key=/a&revision=1000', 409, 'revision_in_future'],
    ['K28', '/children?revision=1000', 409, 'revision_in_future'],
    ['K37', '/get?key=/a&tab_id=x', 404, 'tab_not_found'],
    ['K37', '/children?tab_id=x', 404, 'tab_not_found'],
    ['K37', '/keys?tab_id=x', 404, 'tab_not_found'],
    ['K37', '/search?tab_id=x', 404, 'tab_not_found'],
    ['K37', '/separator?tab_id=x', 404, 'tab_not_found'],
    ['K40', '/search?limit=0', 400, 'validation_failed', 'out_of_range'],
    ['K40', '/search?limit=1001', 400, 'validation_failed', 'out_of_range'],
    ['K40', `/search?q=${'x'.repeat(257)}`, 400, 'validation_failed', 'too_long'],
    ['K40', '/search?q=a&q_b64=YQ==', 400, 'validation_failed', 'exactly_one_of'],
    ['K40', '/search?q_b64=YQ==&case=ignore', 400, 'validation_failed', 'not_together'],
    ['K40', '/search?from=a&cursor=x', 400, 'validation_failed', 'not_together'],
    ['K40', '/search?in=x', 400, 'validation_failed', 'not_allowed_value'],
    ['G32', '/get?key=/a&unknown=1', 400, 'validation_failed', 'unknown_parameter'],
  ]

const PUTS: readonly (readonly [row: string, body: object, code: string, item?: string])[] = [
  ['K1', { value: 'x' }, 'validation_failed', 'required'],
  ['K4', { key_b64: '/w', value: '' }, 'validation_failed', 'invalid_base64'],
  ['K4', { key: 'a', key_b64: 'YQ==', value: '' }, 'validation_failed', 'exactly_one_of'],
  ['K8', { key: '/a' }, 'validation_failed', 'required'],
  ['K8', { key: '/a', value: 1 }, 'validation_failed', 'wrong_type'],
  ['K8', { key: '/a', value: {} }, 'validation_failed', 'wrong_type'],
  ['K8', { key: '/a', value: null }, 'validation_failed', 'wrong_type'],
  ['K8', { key: '/a', value: 'x', value_b64: 'eA==' }, 'validation_failed', 'exactly_one_of'],
  ['K8', { key: '/a', value_b64: 'e' }, 'validation_failed', 'invalid_base64'],
  ['K9', { key: '', value: 'x' }, 'validation_failed', 'required'],
  ['K9', { key: long, value: 'x' }, 'validation_failed', 'too_long'],
  ['K10', { key: '/a', value: 'x', ttl: -1 }, 'validation_failed', 'out_of_range'],
  ['K10', { key: '/a', value: 'x', ttl: 0.5 }, 'validation_failed', 'wrong_type'],
  ['K10', { key: '/a', value: 'x', ttl: '10' }, 'validation_failed', 'wrong_type'],
  ['K10', { key: '/a', value: 'x', ttl: null }, 'validation_failed', 'wrong_type'],
  ['K10', { key: '/a', value: 'x', ttl: 9_000_000_001 }, 'validation_failed', 'out_of_range'],
  ['K10', { key: '/a', value: 'x', ttl: 2 ** 53 }, 'validation_failed', 'out_of_range'],
  ['K12', { key: '/a', value: 'x', lease_id: '1' }, 'validation_failed', 'unknown_member'],
  ['K13', { key: '/a', value: 'x', mod_revision: -1 }, 'validation_failed', 'out_of_range'],
  ['K13', { key: '/a', value: 'x', mod_revision: '1.5' }, 'validation_failed', 'out_of_range'],
  ['K13', { key: '/a', value: 'x', mod_revision: '9007199254740992' }, 'validation_failed', 'out_of_range'],
  ['G28', { key: '/a', value: '\ud800' }, 'validation_failed', 'lone_surrogate'],
]

const DELETES: readonly (readonly [row: string, body: object, item: string])[] = [
  ['K1', {}, 'required'],
  ['K19', { key: '/a', dir: true, mod_revision: 1 }, 'not_together'],
  ['K19', { key: '/a', mod_revision: 0 }, 'out_of_range'],
  ['K19', { prefix: '/a/' }, 'not_together'],
  ['K19', { prefix: '/a', dir: true }, 'invalid_format'],
  ['K19', { key: '/a', expected_count: 1 }, 'not_together'],
  ['K19', { key: '/a', limit: 1 }, 'not_together'],
  ['K19', { key: '/a', dir: true, limit: 0 }, 'out_of_range'],
  ['K19', { key: '/a', dir: true, limit: 100_001 }, 'out_of_range'],
  ['K19', { key: '/a', prefix: '/a/', dir: true }, 'exactly_one_of'],
  ['K19', { key: '/a', dir: true, expected_count: -1 }, 'out_of_range'],
]

const summary = (row: string, sent: unknown, { status, json }: Answer) => ({
  row,
  sent,
  status,
  code: json.code,
  item: json.errors?.[0]?.code,
})

describe('routes of keys refuse', () => {
  // one console for all rows of a table: each costs a password hash
  it('these reads', async () => {
    for (const [row, path, status, code, item] of READS)
      expect(summary(row, path, await api.get(V3 + path))).toEqual({ row, sent: path, status, code, item })
  })

  it('these puts, without asking etcd', async () => {
    const before = api.etcd.calls().length
    for (const [row, sent, code, item] of PUTS)
      expect(summary(row, sent, await api.put(sent))).toEqual({ row, sent, status: 400, code, item })
    expect(api.etcd.calls()).toHaveLength(before)
  })

  it('these deletes, without asking etcd', async () => {
    const before = api.etcd.calls().length
    for (const [row, sent, item] of DELETES) {
      const wanted = { row, sent, status: 400, code: 'validation_failed', item }
      expect(summary(row, sent, await api.remove(sent))).toEqual(wanted)
    }
    expect(api.etcd.calls()).toHaveLength(before)
  })

  it('K1 says that a key is required', async () => {
    expect((await api.get(`${V3}/get`)).json.error).toBe('key is required')
    expect((await api.put({ value: '' })).json.error).toBe('key is required')
  })

  it('K26 a cursor that was altered, cut, or made for another list', async () => {
    const { cursor } = (await api.get(`${V3}/children?key=/a&limit=1`)).json
    const other = cursor.startsWith('A') ? 'B' : 'A'
    const wrong = [cursor.slice(0, -1), `${other}${cursor.slice(1)}`, `${cursor}A`, `${cursor}=`]
    for (const one of wrong)
      expect(await api.get(`${V3}/children?key=/a&cursor=${one}`)).toMatchObject({
        status: 400,
        json: { errors: [{ code: 'invalid_cursor' }] },
      })
    for (const list of ['/children?', '/getpath?key=/a&', '/children?key=/a&revision=2&'])
      expect((await api.get(`${V3}${list}cursor=${cursor}`)).json.errors?.[0]?.code).toBe('invalid_cursor')
    expect((await api.get(`${V3}/children?key=/a&limit=7&cursor=${cursor}`)).status).toBe(200)
  })

  it('K29 a page at a revision that was compacted since the first one', async () => {
    const fresh = await openKeysApi()
    await fresh.fill('/a/1', '/a/2', '/a/3')
    const { cursor, revision } = (await fresh.get(`${V3}/children?key=/a&limit=1`)).json
    await fresh.fill('/b')
    await fresh.etcd.compact(String(revision + 1), false)
    expect(await fresh.get(`${V3}/children?key=/a&limit=1&cursor=${cursor}`)).toMatchObject({
      status: 409,
      json: { code: 'revision_compacted' },
    })
  })

  it('K42 ET28 a cursor, a tag and data_since from before the data was wiped', async () => {
    const { cursor } = (await api.get(`${V3}/children?key=/a&limit=1`)).json
    const tag = (await api.get(`${V3}/keys`)).headers.get('etag') ?? ''
    const reset = { at: NOW - 60_000, before: '48211', after: '3' }
    const view = async (...options: Parameters<typeof api.etcd.view>) => ({
      ...(await api.etcd.view(...options)),
      dataReset: reset,
    })
    const wiped = await openKeysApi({ keys: api.deps.keys, etcd: { ...api.etcd, view } })
    expect(await wiped.get(`${V3}/children?key=/a&limit=1&cursor=${cursor}`)).toMatchObject({
      status: 400,
      json: { errors: [{ code: 'invalid_cursor' }] },
    })
    const headers = { ...bearer(wiped.token), 'if-none-match': tag }
    expect((await wiped.send(`${V3}/keys`, { headers })).status).toBe(200)
    const conflict = { status: 409, json: { code: 'revision_conflict' } }
    const node = (await wiped.get(`${V3}/get?key=/a`)).json.node
    const seen = { key: '/a', mod_revision: node.modifiedIndex, data_since: 0 }
    expect(await wiped.put({ ...seen, value: 'x' })).toMatchObject(conflict)
    expect(await wiped.remove(seen)).toMatchObject(conflict)
    expect((await wiped.get(`${V3}/get?key=/a`)).json.node).toEqual(node)
  })

  it('takes tab_id as it may be', async () => {
    for (const tab of ['tab_id=', 'tab_id=default'])
      expect((await api.get(`${V3}/get?key=/a&${tab}`)).status).toBe(200)
  })
})

import { AppError } from '@etcdmonitor/core/errors'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { afterKey } from '@etcdmonitor/core/keys/key-range'
import { beforeEach, describe, expect, it } from 'vitest'
import { bearer, openApi } from '../../api-rig.contract.ts'
import { type KeysApi, openKeysApi } from '../../keys-rig.contract.ts'

let api: KeysApi
beforeEach(async () => {
  api = await openKeysApi()
})

const storedAt = async (key: string) => {
  const range = { from: toUtf8(key), to: afterKey(toUtf8(key)), limit: 1, values: true, serializable: true }
  const [entry] = (await api.etcd.range(range)).entries
  return entry?.value && new TextDecoder().decode(entry.value)
}
const changes = () => api.etcd.calls().filter(({ method }) => method === 'put' || method === 'remove').length
const entries = async () => (await api.deps.state.audit.page({}, { size: 10 })).entries

describe('PUT /api/kv/v3/put', () => {
  it('writes a key, and tells what became of it', async () => {
    const first = await api.put({ key: '/a', value: '1' })
    expect(first).toMatchObject({ status: 200, json: { revision: 2, created: true, data_since: 0 } })
    expect(first.json.node).toEqual({
      key: '/a',
      dir: false,
      createdIndex: 2,
      modifiedIndex: 2,
      version: 1,
      encoding: 'utf8',
      value: '1',
    })
    const second = await api.put({ key: '/a', value: '', mod_revision: 2 })
    expect(second.json).toMatchObject({ created: false, node: { version: 2, value: '' } })
    expect((await api.put({ key: '/a', value: '3', mod_revision: '3' })).status).toBe(200)
  })

  it('K24 writes and reads bytes that are no text', async () => {
    const { json } = await api.put({ key_b64: '/w==', value_b64: 'AP+A' })
    expect(json.node).toMatchObject({ key: '\\xff', key_b64: '/w==', encoding: 'base64', value_b64: 'AP+A' })
    expect((await api.get('/api/kv/v3/get?key_b64=%2Fw%3D%3D')).json.node).toEqual(json.node)
  })

  it('K13 refuses a stale revision, and says which one is right', async () => {
    await api.fill('/a', '/a')
    for (const [mod_revision, current_revision] of [
      [2, 3],
      [0, 3],
    ])
      expect(await api.put({ key: '/a', value: 'x', mod_revision })).toMatchObject({
        status: 409,
        json: { code: 'revision_conflict', current_revision },
      })
    expect(await api.put({ key: '/b', value: 'x', mod_revision: 2 })).toMatchObject({
      status: 409,
      json: { current_revision: 0 },
    })
    expect(await storedAt('/a')).toBe('/a')
  })

  it('K14 lets one of two editors through', async () => {
    await api.fill('/a')
    const edits = await Promise.all(['x', 'y'].map((value) => api.put({ key: '/a', value, mod_revision: 2 })))
    expect(edits.map(({ status }) => status).toSorted()).toEqual([200, 409])
    expect(edits.find(({ status }) => status === 409)?.json.current_revision).toBe(3)
  })

  it('K11 keeps the lease, drops it, grants a new one', async () => {
    const { json } = await api.put({ key: '/a', value: '1', ttl: 60 })
    expect(json).toMatchObject({ granted_ttl: 60, node: { ttl: 60, lease_id: '9007199254740994' } })
    expect((await api.put({ key: '/a', value: '2' })).json.node.lease_id).toBe('9007199254740994')
    expect((await api.put({ key: '/a', value: '3', ttl: 0 })).json.node).not.toHaveProperty('lease_id')
  })

  it('K5 refuses a value above the limit before etcd is asked', async () => {
    const small = await openKeysApi({
      settings: { kv: { ...api.deps.settings.kv, maxValueBytes: 1_024 } },
    })
    for (const body of [{ value: 'é'.repeat(513) }, { value_b64: btoa('x'.repeat(1_025)) }])
      expect(await small.put({ key: '/a', ...body })).toMatchObject({
        status: 413,
        json: { code: 'payload_too_large', limit: 'value', max_bytes: 1_024 },
      })
    expect(small.etcd.calls().filter(({ method }) => method === 'put')).toEqual([])
    expect((await small.put({ key: '/a', value: 'x'.repeat(1_024) })).status).toBe(200)
    expect(await small.put({ key: '/a', value: 'x'.repeat(100_000) })).toMatchObject({
      status: 413,
      json: { limit: 'body' },
    })
  })

  it('takes the largest value as base64', async () => {
    const value = btoa('x'.repeat(2_097_152))
    expect((await api.put({ key: '/a', value_b64: value })).status).toBe(200)
  })

  it('is recorded before and after, without the value', async () => {
    await api.put({ key: '/a', value: 'hunter2', ttl: 60 })
    await api.put({ key: '/a', value: 'hunter3', mod_revision: 0 })
    const [conflict, put] = await entries()
    expect(put).toMatchObject({ operation: 'put', target: '/a', verdict: 'succeeded', username: 'admin' })
    expect(JSON.parse(put?.params ?? '')).toEqual({
      ttl: 60,
      value_bytes: 7,
      value_hmac: expect.stringMatching(/^[0-9a-f]{32}$/),
    })
    expect(put?.message).toBe('ok {"revision":"2","created":true}')
    expect(conflict).toMatchObject({ verdict: 'failed', code: 'revision_conflict' })
    expect(JSON.stringify([conflict, put, api.lines])).not.toMatch(/hunter\d/)
  })

  it('K38 changes nothing when its record cannot be written', async () => {
    const state = {
      ...api.deps.state,
      audit: {
        ...api.deps.state.audit,
        intent: () => Promise.reject(new AppError('audit_unavailable', 'the disk is full')),
      },
    }
    const broken = await openApi({ etcd: api.etcd, state, keys: api.deps.keys })
    const before = changes()
    const answer = await broken.send('/api/kv/v3/put', {
      method: 'PUT',
      body: '{"key":"/a","value":"1"}',
      headers: { 'content-type': 'application/json', ...bearer(api.token) },
    })
    expect(answer).toMatchObject({ status: 503, json: { code: 'audit_unavailable' } })
    expect(changes()).toBe(before)
  })

  it('K36 is refused while keys are read-only, and that is recorded', async () => {
    const shown = await openKeysApi({ settings: { kv: { ...api.deps.settings.kv, isReadOnly: true } } })
    for (const body of [{ key: '/a', dry_run: true }, { nonsense: 1 }])
      expect(await shown.remove(body)).toMatchObject({ status: 403, json: { code: 'read_only' } })
    expect(await shown.put({ key: '/a', value: '1' })).toMatchObject({ status: 403 })
    const { entries: list } = await shown.deps.state.audit.page({}, { size: 10 })
    expect(list.slice(0, 3).map(({ operation, verdict }) => `${operation} ${verdict}`)).toEqual([
      'put refused',
      'delete refused',
      'delete refused',
    ])
    expect((await shown.get('/api/kv/v3/children')).status).toBe(200)
  })

  it('K42 refuses a put on data that was wiped since it was read', async () => {
    await api.fill('/a')
    expect(await api.put({ key: '/a', value: '1', mod_revision: 2, data_since: 7 })).toMatchObject({
      status: 409,
      json: { code: 'revision_conflict' },
    })
    expect(await storedAt('/a')).toBe('/a')
    expect((await api.put({ key: '/a', value: '1', data_since: 0 })).status).toBe(200)
  })

  it('K31 says of a lost quorum that it is one', async () => {
    api.etcd.setLeader(undefined)
    expect(await api.put({ key: '/a', value: '1' })).toMatchObject({
      status: 503,
      json: { code: 'no_quorum' },
    })
  })
})

describe('POST /api/kv/v3/delete', () => {
  it('K18 deletes a key, counts without deleting, and knows a missing one', async () => {
    await api.fill('/a', '/a/b', '/a/c')
    expect((await api.remove({ key: '/a', dry_run: true })).json).toEqual({
      message: 'dry run',
      dry_run: true,
      count: 1,
      sample: ['/a'],
      revision: 4,
    })
    expect((await api.remove({ key: '/a', dir: true, dry_run: true })).json).toMatchObject({
      count: 3,
      sample: ['/a', '/a/b', '/a/c'],
    })
    expect((await entries()).filter(({ operation }) => operation === 'delete')).toEqual([])
    expect((await api.remove({ key: '/a' })).json).toEqual({ message: 'ok', deleted: 1, revision: 5 })
    expect((await api.remove({ key: '/a' })).json).toMatchObject({ deleted: 0 })
    expect((await entries())[0]).toMatchObject({
      operation: 'delete',
      target: '/a',
      verdict: 'succeeded',
      message: 'ok {"deleted":0,"revision":"5"}',
    })
  })

  it('K17 deletes a directory and nothing beside it', async () => {
    await api.fill('/foo', '/foo/x', '/foobar', '/foo0')
    expect((await api.remove({ key: '/foo', dir: true })).json).toMatchObject({ deleted: 2 })
    expect([await storedAt('/foobar'), await storedAt('/foo0')]).toEqual(['/foobar', '/foo0'])
  })

  it('deletes what begins with a prefix, and not the key before it', async () => {
    await api.fill('/foo', '/foo/x', '//y')
    expect((await api.remove({ prefix: '/foo/', dir: true })).json).toMatchObject({ deleted: 1 })
    expect((await api.remove({ prefix: '//', dir: true })).json).toMatchObject({ deleted: 1 })
    expect(await storedAt('/foo')).toBe('/foo')
  })

  it('K15 K16 wants the number of keys for the root, and above a thousand', async () => {
    await api.fill('/a', ...Array.from({ length: 1_001 }, (_, index) => `/d/${index}`))
    const needed = (count: number) => ({ status: 409, json: { code: 'confirmation_required', count } })
    expect(await api.remove({ key: '/', dir: true })).toMatchObject(needed(1_002))
    expect(await api.remove({ prefix: '', dir: true })).toMatchObject(needed(1_002))
    expect(await api.remove({ key: '/d', dir: true })).toMatchObject(needed(1_001))
    expect((await api.remove({ key: '/d', dir: true, expected_count: 1_000 })).json).toMatchObject({
      count: 1_001,
      expected_count: 1_000,
    })
    expect((await entries())[0]).toMatchObject({ operation: 'delete', verdict: 'refused' })
    expect((await api.remove({ key: '/d', dir: true, expected_count: 1_001 })).json).toMatchObject({
      deleted: 1_001,
    })
    expect((await api.remove({ key: '/', dir: true, expected_count: 1 })).json).toMatchObject({ deleted: 1 })
  })

  it('K16 deletes nothing when a key comes between count and delete', async () => {
    await api.fill('/d/1')
    const etcd = {
      ...api.etcd,
      async remove(...args: Parameters<typeof api.etcd.remove>) {
        await api.fill('/d/2')
        return api.etcd.remove(...args)
      },
    }
    const raced = await openKeysApi({ etcd })
    expect(await raced.remove({ key: '/d', dir: true })).toMatchObject({
      status: 409,
      json: { code: 'confirmation_required', count: 2 },
    })
    expect(await storedAt('/d/1')).toBe('/d/1')
  })

  it('K43 deletes in parts, in byte order', async () => {
    const names = Array.from({ length: 1_204 }, (_, index) => `/foo/${String(index).padStart(4, '0')}`)
    await api.fill(...names, '/foobar')
    const part = (expected_count: number) =>
      api.remove({ key: '/foo', dir: true, limit: 500, expected_count })
    expect((await part(1_204)).json).toMatchObject({ deleted: 500, remaining: 704 })
    expect([await storedAt('/foo/0499'), await storedAt('/foo/0500')]).toEqual([undefined, '/foo/0500'])
    await api.fill('/foo/9999')
    expect(await part(704)).toMatchObject({ status: 409, json: { count: 705 } })
    expect((await part(705)).json).toMatchObject({ deleted: 500, remaining: 205 })
    expect((await part(205)).json).toMatchObject({ deleted: 205, remaining: 0 })
    expect(await storedAt('/foobar')).toBe('/foobar')
  })

  it('cuts a part between a key and what is below it', async () => {
    await api.fill('/foo', '/foo/1', '/foo/2')
    const body = { key: '/foo', dir: true, limit: 2, expected_count: 3 }
    expect((await api.remove(body)).json).toMatchObject({ deleted: 2, remaining: 1 })
    expect(await storedAt('/foo/2')).toBe('/foo/2')
  })

  it('deletes a key only on the revision that was named', async () => {
    await api.fill('/a', '/a')
    expect(await api.remove({ key: '/a', mod_revision: 2 })).toMatchObject({
      status: 409,
      json: { code: 'revision_conflict', current_revision: 3 },
    })
    expect((await api.remove({ key: '/a', mod_revision: 3 })).json.deleted).toBe(1)
  })
})

import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { beforeEach, describe, expect, it } from 'vitest'
import { bearer } from '../../api-rig.contract.ts'
import { type KeysApi, madeAt, openKeysApi } from '../../keys-rig.contract.ts'

let api: KeysApi
beforeEach(async () => {
  api = await openKeysApi()
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
      etcd_user: null,
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
    api.etcd.setGrants({
      user: 'app',
      read: [range('/app/', '/app0')],
      write: [range('/app/w', '/app/x')],
    })
    const { json } = await api.get('/api/kv/v3/connect')
    expect(json.etcd_user).toBe('app')
    expect(json.grants).toEqual([
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
      node: { key: '/cfg/a', dir: false, ...madeAt(2), encoding: 'utf8', value: '/cfg/a' },
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
      ...madeAt(2),
      encoding: 'base64',
      value_b64: '/w==',
    })
    await api.fill('/t')
    expect((await api.get('/api/kv/v3/get?key=/t&encoding=base64')).json.node).toMatchObject({
      value_b64: 'L3Q=',
    })
  })
})

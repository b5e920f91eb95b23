import { createHash } from 'node:crypto'
import { AppError } from '@etcdmonitor/core/errors'
import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { bearer } from '../../../api-rig.contract.ts'
import { openEtcd, openOpsApi, putTimes, refusal, SHORT_LIMITS } from '../../../ops-rig.contract.ts'

describe.each(etcdVersions())('/api/ops/snapshot on etcd $version', (server) => {
  const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts
  let servers: Servers
  beforeAll(async () => {
    if (!isMissing) servers = await startEtcdCluster({ members: 3, binary: server.path })
  })
  afterAll(() => servers?.dispose())

  async function open(limits = SHORT_LIMITS) {
    const etcd = openEtcd(servers.endpoints)
    const api = await openOpsApi({ etcd, limits })
    await etcd.view({ maxAge: 0, wait: 3_000 })
    const { members } = (await api.get('/api/members')).json
    const fetchRaw = (path: string, init: RequestInit = { headers: bearer(api.token) }) =>
      api.app.fetch(new Request(`http://console.test${path}`, init), { peer: '192.0.2.1' })
    return { etcd, ...api, members: members as { id: string; name: string }[], fetchRaw }
  }

  it.skipIf(isMissing)('sends the database of each member by name, whole and verified', async () => {
    const { etcd, members, fetchRaw, untilEnded, entries } = await open()
    await putTimes(etcd, { times: 30, bytes: 100_000 })
    for (const { id, name } of members) {
      const response = await fetchRaw(`/api/ops/snapshot?member_id=${id}`)
      expect(response.status).toBe(200)
      const header = (of: string) => response.headers.get(of) ?? ''
      const bytes = new Uint8Array(await response.arrayBuffer())
      expect(bytes).toHaveLength(Number(header('content-length')))
      expect(header('content-disposition')).toMatch(
        new RegExp(`^attachment; filename="etcd-snapshot-${name}-\\d{8}-\\d{6}\\.db"$`),
      )
      expect([header('x-etcd-member-id'), header('content-type')]).toEqual([id, 'application/octet-stream'])
      const sha256 = createHash('sha256').update(bytes.subarray(0, -32)).digest('hex')
      expect(Buffer.from(bytes.subarray(-32)).toString('hex')).toBe(sha256)
      expect(await untilEnded(header('x-run-id'))).toMatchObject({
        state: 'succeeded',
        member_ids: [id],
        result: {
          file_name: header('content-disposition').slice('attachment; filename="'.length, -1),
          ...{ bytes: bytes.length, sha256, check: 'sha256', revision: expect.any(Number) },
        },
        steps: [{ name: 'preflight' }, { name: 'stream', state: 'succeeded', member_name: name }],
      })
    }
    expect(await entries()).toEqual(members.map(() => 'snapshot succeeded'))
  })

  it.skipIf(isMissing)('O14 takes a ticket once, for its member alone', async () => {
    const { post, get, fetchRaw, members, untilEnded, lines, entries } = await open()
    const [first, second] = members
    const { json } = await post('/api/ops/snapshot/ticket', { member_id: first?.id })
    expect(json).toMatchObject({
      member_id: first?.id,
      member_name: first?.name,
      ticket: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      url: `/api/ops/snapshot?ticket=${json.ticket}`,
    })
    const bare = (path: string) => fetchRaw(path, {})
    expect((await bare(`${json.url}&member_id=${second?.id}`)).status).toBe(401)
    expect((await bare('/api/ops/snapshot?ticket=')).status).toBe(401)
    const response = await bare(json.url)
    expect(response.status).toBe(200)
    await response.arrayBuffer()
    expect(await untilEnded(response.headers.get('x-run-id') ?? '')).toMatchObject({ state: 'succeeded' })
    expect((await bare(json.url)).status).toBe(401)
    expect((await bare(`/api/ops/runs?ticket=${json.ticket}`)).status).toBe(401)
    expect(JSON.stringify(lines)).not.toContain(json.ticket)
    expect((await get('/api/ops/runs')).json.runs[0].params).toEqual({ member_id: first?.id })
    expect(await entries()).toEqual(['snapshot_ticket succeeded', 'snapshot succeeded'])
  })

  it.skipIf(isMissing)(
    'OP14 O13 RU6 is broken off by a client that leaves, or on request, and never ends cleanly',
    async () => {
      const { etcd, fetchRaw, members, untilEnded, post, entries } = await open()
      await putTimes(etcd, { key: 'large', times: 20, bytes: 1_000_000 })
      const path = `/api/ops/snapshot?member_id=${members[0]?.id}`
      const left = await fetchRaw(path)
      const reader = left.body?.getReader()
      await reader?.read()
      expect(refusal(await post('/api/ops/hashkv'))).toEqual([409, 'operation_in_progress'])
      await reader?.cancel()
      const ended = await untilEnded(left.headers.get('x-run-id') ?? '')
      expect(ended).toMatchObject({ state: 'failed', error: { code: 'client_gone' } })
      const asked = await fetchRaw(path)
      const id = asked.headers.get('x-run-id') ?? ''
      const slow = asked.body?.getReader()
      await slow?.read()
      expect(await post(`/api/ops/runs/${id}/cancel`)).toMatchObject({
        status: 202,
        json: { cancel_requested: true },
      })
      expect(await untilEnded(id)).toMatchObject({ state: 'cancelled', error: null })
      const takeAll = async () => {
        for (;;) if ((await slow?.read())?.done) return
      }
      await expect(takeAll()).rejects.toThrow()
      expect(refusal(await post(`/api/ops/runs/${id}/cancel`))).toEqual([409, 'not_cancellable'])
      const ofSnapshots = (await entries()).filter((entry) => entry.startsWith('snapshot '))
      expect(ofSnapshots).toEqual(['snapshot failed client_gone', 'snapshot failed cancelled'])
    },
  )

  it.skipIf(isMissing)(
    'RU4 is broken off while the store is away for so long that others may take it over',
    async () => {
      const { etcd, fetchRaw, members, untilEnded, state } = await open({
        ...SHORT_LIMITS,
        snapshot: { progress: 50, unheard: 200 },
      })
      await putTimes(etcd, { key: 'large', times: 20, bytes: 1_000_000 })
      const note = vi
        .spyOn(state.runs, 'progress')
        .mockRejectedValue(new AppError('auth_store_unavailable', 'the state store is away'))
      const sent = await fetchRaw(`/api/ops/snapshot?member_id=${members[0]?.id}`)
      await expect(sent.body?.getReader().closed).rejects.toThrow('others may take the run over')
      note.mockRestore()
      expect(await untilEnded(sent.headers.get('x-run-id') ?? '')).toMatchObject({
        state: 'failed',
        error: { code: 'auth_store_unavailable' },
      })
    },
  )

  it.skipIf(isMissing)('O10 G11 refuses with a problem, not with an attachment', async () => {
    const { get, send, token, entries } = await open()
    expect(refusal(await get('/api/ops/snapshot?member_id=12345'))).toEqual([404, 'member_not_found'])
    expect(refusal(await get('/api/ops/snapshot?member_id=1%22%0D%0AX-Evil:%201'))).toEqual([
      400,
      'validation_failed',
    ])
    expect((await send('/api/ops/snapshot', { method: 'HEAD', headers: bearer(token) })).status).toBe(405)
    expect(await entries()).toEqual(['snapshot refused member_not_found'])
  })
})

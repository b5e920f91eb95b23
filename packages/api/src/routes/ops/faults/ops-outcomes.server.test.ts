import { AppError } from '@etcdmonitor/core/errors'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import type { EtcdCluster } from '@etcdmonitor/core/ports/etcd-cluster'
import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEtcd, openOpsApi, putTimes } from '../../../ops-rig.contract.ts'

const MIB = 1024 ** 2

describe.each(etcdVersions())('what becomes of a change of etcd $version', (server) => {
  const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts
  let servers: Servers
  beforeAll(async () => {
    if (!isMissing) servers = await startEtcdCluster({ members: 3, binary: server.path })
  })
  afterAll(() => servers?.dispose())

  async function open(over: (etcd: EtcdCluster) => Partial<EtcdCluster> = () => ({})) {
    const etcd = openEtcd(servers.endpoints)
    await etcd.view({ maxAge: 0, wait: 4_000 })
    const api = await openOpsApi({ etcd: { ...etcd, ...over(etcd) } })
    const { members } = (await api.get('/api/members')).json
    const followers = members.filter((one: { readonly is_leader: boolean }) => !one.is_leader)
    return { etcd, ...api, followers: followers as { id: string; name: string }[] }
  }

  it.skipIf(isMissing)('OP18 O24 is told where somebody else compacted farther just before', async () => {
    const { etcd, post, entries } = await open((real) => ({
      async compact(target, physical, options) {
        await real.compact(await real.headRevision(), false)
        return real.compact(target, physical, options)
      },
    }))
    await putTimes(etcd, { times: 10 })
    const head = Number(await etcd.headRevision())
    expect(await post('/api/ops/compact', { retain_count: 3 })).toMatchObject({
      status: 409,
      json: { code: 'revision_compacted', compact_revision: head },
    })
    expect(await entries()).toEqual(['compact failed revision_compacted'])
  })

  it.skipIf(isMissing)('OP19 is read off the compacted revision where the answer was lost', async () => {
    const { etcd, post, untilEnded, entries } = await open((real) => ({
      async compact(...args) {
        await real.compact(...args)
        throw new AppError('outcome_unknown', 'the connection broke before the answer')
      },
    }))
    await putTimes(etcd, { times: 10 })
    const done = await post('/api/ops/compact', { retain_count: 3 })
    expect(done.status).toBe(200)
    expect((await untilEnded(done.json.run_id)).steps[1]).toMatchObject({
      name: 'compact',
      state: 'succeeded',
      message: 'The history was compacted; the answer was lost.',
    })
    expect(await entries()).toEqual(['compact succeeded'])
  })

  it.skipIf(isMissing)('OP35 is a failure of a member that serves, and no other is started', async () => {
    const { post, untilEnded } = await open(() => ({
      defragment: () => Promise.reject(new AppError('etcd_error', 'etcd says: cannot defragment')),
    }))
    const answer = await post('/api/ops/defragment', { member_ids: 'all', move_leader: false })
    expect(answer).toMatchObject({ status: 502, json: { code: 'etcd_error' } })
    const [first, ...others] = answer.json.members
    expect(first).toMatchObject({ state: 'failed', error: expect.stringMatching(/ is serving\.$/) })
    expect(answer.json.member_id).toBe(first.member_id)
    for (const one of others) expect(one).toMatchObject({ state: 'not_started', error: '' })
    const run = await untilEnded(answer.json.run_id)
    expect(run.state).toBe('failed')
    const states = run.steps
      .filter(({ name }: { name: string }) => name === 'defragment')
      .map(({ state }: { state: string }) => state)
    expect(states).toEqual(['failed', 'not_started', 'not_started'])
  })

  it.skipIf(isMissing)('OP35 is a file that grew, in bytes, not nothing', async () => {
    const { post, untilEnded, followers } = await open((real) => ({
      async defragment(...args) {
        await real.defragment(...args)
        const value = new Uint8Array(MIB).fill(120)
        for (let at = 0; at < 8; at += 1) await real.put({ key: toUtf8(`/grow/${at}`), value, lease: 'none' })
      },
    }))
    const done = await post('/api/ops/defragment', { member_id: followers[0]?.id })
    expect(done.status).toBe(200)
    const { db_size_before: before, db_size_after: after, reclaimed_bytes: reclaimed } = done.json
    expect(after).toBeGreaterThan(before)
    expect(reclaimed).toBe(before - after)
    const { steps } = await untilEnded(done.json.run_id)
    expect(steps[1].message).toMatch(/, the file grew by \d/)
  })

  it.skipIf(isMissing)('OP35 is not worth it while the history is not compacted', async () => {
    const { etcd, post, followers } = await open()
    await Promise.all(Array.from({ length: 11 }, (_, at) => putTimes(etcd, { key: `h${at}`, times: 100 })))
    const ask = async () =>
      (await post('/api/ops/defragment', { member_id: followers[0]?.id, dry_run: true })).json.steps[0]
    expect(await ask()).toMatchObject({
      advice: 'not_worth_it',
      note: expect.stringMatching(/\d+ revisions of history are not compacted: compact first$/),
    })
    await etcd.compact(await etcd.headRevision(), true)
    expect((await ask()).note).not.toContain('compact first')
  })
})

import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEtcd, openOpsApi, putTimes, refusal } from '../../ops-rig.contract.ts'

interface Known {
  readonly id: string
  readonly is_leader: boolean
  readonly name: string
}

describe.each(etcdVersions())('operations on members of etcd $version', (server) => {
  const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts
  let servers: Servers
  beforeAll(async () => {
    if (!isMissing) servers = await startEtcdCluster({ members: 3, binary: server.path })
  })
  afterAll(() => servers?.dispose())

  async function open() {
    const etcd = openEtcd(servers.endpoints)
    const api = await openOpsApi({ etcd })
    const members = async (): Promise<{ leader: Known; followers: Known[] }> => {
      await etcd.view({ maxAge: 0, wait: 3_000 })
      const { json } = await api.get('/api/members')
      const leader = json.members.find((one: Known) => one.is_leader)
      return { leader, followers: json.members.filter((one: Known) => !one.is_leader) }
    }
    return { etcd, ...api, members }
  }

  it.skipIf(isMissing)('moves leadership to a follower, and refuses who leads already', async () => {
    const { post, members, entries } = await open()
    const { leader, followers } = await members()
    const [target] = followers
    const moved = await post('/api/ops/move-leader', { target_member_id: target?.id })
    expect(moved).toMatchObject({
      status: 200,
      json: {
        message: 'leader moved',
        target_id: target?.id,
        target_name: target?.name,
        previous_leader_id: leader.id,
        duration_ms: expect.any(Number),
      },
    })
    expect((await members()).leader.id).toBe(target?.id)
    expect(refusal(await post('/api/ops/move-leader', { target_member_id: target?.id }))).toEqual([
      409,
      'already_leader',
    ])
    expect(refusal(await post('/api/ops/move-leader', { target_member_id: '12345' }))).toEqual([
      404,
      'member_not_found',
    ])
    expect(await entries()).toEqual([
      'move_leader succeeded',
      'move_leader refused already_leader',
      'move_leader refused member_not_found',
    ])
  })

  it.skipIf(isMissing)('RU9 O25 refuses a plan from before a change of the leader', async () => {
    const { post, members } = await open()
    const { followers } = await members()
    const [first, second] = followers
    const { json } = await post('/api/ops/move-leader', { target_member_id: first?.id, dry_run: true })
    expect(json).toMatchObject({ allowed: true, steps: [{ action: 'move_leader', member_id: first?.id }] })
    expect((await post('/api/ops/move-leader', { target_member_id: second?.id })).status).toBe(200)
    const stale = await post('/api/ops/move-leader', {
      target_member_id: first?.id,
      plan_token: json.plan_token,
    })
    expect(stale).toMatchObject({ status: 409, json: { code: 'plan_changed' } })
    const other = { member_id: first?.id, plan_token: stale.json.plan_token }
    expect(refusal(await post('/api/ops/defragment', other))).toEqual([409, 'plan_changed'])
    const again = { target_member_id: first?.id, plan_token: stale.json.plan_token }
    expect((await post('/api/ops/move-leader', again)).status).toBe(200)
  })

  it.skipIf(isMissing)(
    'OP22 finds a healthy cluster consistent while it is written to, 20 times',
    async () => {
      const { etcd, post, entries } = await open()
      const stop = new AbortController()
      const writing = (async () => {
        while (!stop.signal.aborted) await putTimes(etcd, { times: 1 })
      })()
      for (let i = 0; i < 20; i += 1) {
        const { status, json } = await post('/api/ops/hashkv')
        expect(status).toBe(200)
        expect(json).toMatchObject({ consistent: true, verdict: 'consistent', reason: '', minority: [] })
        expect(json.results).toHaveLength(3)
      }
      stop.abort()
      await writing
      expect(new Set(await entries())).toEqual(new Set(['hashkv succeeded']))
    },
  )

  it.skipIf(isMissing)('OP1 returns the free pages of a follower, and says how many', async () => {
    const { etcd, get, post, members, entries } = await open()
    await putTimes(etcd, { times: 40, bytes: 256 * 1024 })
    await etcd.compact(await etcd.headRevision(), true)
    const { followers } = await members()
    const [follower] = followers
    const before = (await etcd.status(follower?.id ?? '')).dbSizeBytes
    const done = await post('/api/ops/defragment', { member_id: follower?.id })
    expect(done).toMatchObject({
      status: 200,
      json: {
        message: 'defragment completed',
        member_id: follower?.id,
        member_name: follower?.name,
        db_size_before: before,
      },
    })
    const after = (await etcd.status(follower?.id ?? '')).dbSizeBytes
    expect(done.json.db_size_after).toBe(after)
    expect(done.json.reclaimed_bytes).toBe(before - after)
    expect(after).toBeLessThan(before)
    expect(await entries()).toEqual(['defragment succeeded'])
    const { reasons } = (await get('/api/status')).json.health
    expect(reasons).toContainEqual({
      code: 'operation_running',
      message: `${follower?.name} was defragmented just now (run ${done.json.run_id} of admin)`,
      member_id: follower?.id,
    })
  })

  it.skipIf(isMissing)(
    'OP7 defragments all, followers first, and moves leadership to one that is done',
    async () => {
      const { etcd, post, members, entries, untilEnded } = await open()
      await putTimes(etcd, { times: 20, bytes: 256 * 1024 })
      await etcd.compact(await etcd.headRevision(), true)
      const { leader } = await members()
      const { status, json } = await post('/api/ops/defragment', { member_ids: 'all', move_leader: true })
      expect(status).toBe(200)
      expect(json).toMatchObject({ leader_before: leader.id, members: [{}, {}, { member_id: leader.id }] })
      expect(json.leader_after).not.toBe(leader.id)
      for (const one of json.members) expect(one.state).toBe('succeeded')
      const run = await untilEnded(json.run_id)
      expect(run).toMatchObject({ state: 'succeeded', progress: { done: 3, total: 3, unit: 'members' } })
      expect(run.steps.map(({ name }: { name: string }) => name)).toEqual([
        ...['preflight', 'gate', 'defragment', 'settle', 'gate', 'defragment', 'settle', 'gate'],
        ...['move_leader', 'settle', 'gate', 'defragment', 'verify'],
      ])
      for (const { state } of run.steps) expect(state).toBe('succeeded')
      expect(await entries()).toEqual([
        'defragment succeeded',
        'defragment succeeded',
        'defragment succeeded',
        'move_leader succeeded',
        'defragment succeeded',
      ])
    },
  )

  it.skipIf(isMissing)('skips members that would return little, and has nothing to do then', async () => {
    const { post } = await open()
    const done = await post('/api/ops/defragment', { member_ids: 'all', min_reclaim_bytes: 2 ** 40 })
    expect(done.status).toBe(200)
    for (const one of done.json.members) expect(one).toMatchObject({ state: 'skipped', duration_ms: 0 })
  })

  it.skipIf(isMissing)('O17 lists no alarms, and disarms none that is not active', async () => {
    const { get, post } = await open()
    expect((await get('/api/ops/alarms')).json).toEqual({ alarms: [] })
    const { members } = (await get('/api/members')).json
    for (const [member_id, alarm_type] of [
      [members[0].id, 'NOSPACE'],
      ['0', 'CORRUPT'],
    ])
      expect(refusal(await post('/api/ops/alarms/disarm', { member_id, alarm_type }))).toEqual([
        404,
        'alarm_not_found',
      ])
  })
})

import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openStore } from '../../dashboard-rig.contract.ts'
import { openEtcd, openOpsApi, refusal } from '../../ops-rig.contract.ts'

const QUOTA = 16 * 1024 ** 2

describe.each(etcdVersions())('the way back from NOSPACE on etcd $version', (server) => {
  const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts
  let servers: Servers
  beforeAll(async () => {
    const flags = [`--quota-backend-bytes=${QUOTA}`]
    if (!isMissing) servers = await startEtcdCluster({ members: 3, binary: server.path, flags })
  })
  afterAll(() => servers?.dispose())

  async function open() {
    const etcd = openEtcd(servers.endpoints)
    const store = await openStore()
    onTestFinished(() => store[Symbol.asyncDispose]())
    const { clusterId = '', members } = await etcd.view({ maxAge: 0, wait: 3_000 })
    // etcd before 3.6 tells its quota by metrics alone
    const scalars = [{ source: 'quota_bytes' as const, labels: {}, value: QUOTA }]
    const ticks = members.map(({ id }) => ({ memberId: id, scalars, histograms: [] }))
    await store.writer.append({ clusterId, at: Math.floor(Date.now() / 1_000) * 1_000, members: ticks })
    const api = await openOpsApi({ etcd, metrics: store.reader })
    const rescue = async () => (await api.get('/api/ops/rescue')).json
    const stateOf = async (action: string) =>
      (await rescue()).steps.find((step: { action: string }) => step.action === action).state
    return { etcd, ...api, rescue, stateOf }
  }

  /** Until etcd has no room any more. */
  async function fillUp(etcd: ReturnType<typeof openEtcd>): Promise<void> {
    const value = new Uint8Array(10_000).fill(120)
    for (;;) {
      const puts = Array.from({ length: 20 }, (_, i) =>
        etcd.put({ key: toUtf8(`/fill/${i}`), value, lease: 'none' }),
      )
      const failed = (await Promise.allSettled(puts)).find(({ status }) => status === 'rejected')
      if (!failed || failed.status === 'fulfilled') continue
      expect(failed.reason).toMatchObject({ code: 'etcd_nospace' })
      return
    }
  }

  it.skipIf(isMissing)(
    'OP26 OP28 O35 goes step by step, and no alarm is disarmed before there is room',
    async () => {
      const { etcd, post, get, rescue, stateOf, entries } = await open()
      expect(await rescue()).toMatchObject({ alarm_active: false, prefixes_complete: true })
      await fillUp(etcd)
      const full = await rescue()
      expect(full).toMatchObject({
        alarm_active: true,
        prefixes: [{ prefix: '/fill/', keys: 20, percent: 100 }],
      })
      expect(full.members.map(({ quota }: { quota: number }) => quota)).toEqual([QUOTA, QUOTA, QUOTA])
      expect(await stateOf('compact')).toBe('todo')
      expect(await stateOf('defragment')).toBe('blocked')
      expect(await stateOf('disarm')).toBe('blocked')
      const { alarms } = (await get('/api/ops/alarms')).json
      const [alarm] = alarms
      expect(alarm.alarm_type).toBe('NOSPACE')
      const early = await post('/api/ops/alarms/disarm', {
        member_id: alarm.member_id,
        alarm_type: 'NOSPACE',
      })
      expect(refusal(early)).toEqual([409, 'health_gate_failed'])
      expect(early.json.blockers[0]).toMatchObject({
        code: 'quota_still_exceeded',
        member_id: expect.any(String),
      })
      expect((await post('/api/ops/compact', { retain_count: 100, physical: true })).status).toBe(200)
      await expect.poll(() => stateOf('compact')).toBe('done') // each member frees what was compacted in its own time
      expect(await stateOf('defragment')).toBe('todo')
      expect((await post('/api/ops/defragment', { member_ids: 'all' })).status).toBe(200)
      expect(await stateOf('check_size')).toBe('done')
      for (const { member_id, alarm_type } of alarms) {
        const done = await post('/api/ops/alarms/disarm', {
          member_id,
          alarm_type: `AlarmType_${alarm_type}`,
        })
        expect(done).toMatchObject({
          status: 200,
          json: { message: 'alarm disarmed', member_id, alarm_type },
        })
        const twice = await post('/api/ops/alarms/disarm', { member_id, alarm_type })
        expect(refusal(twice)).toEqual([404, 'alarm_not_found'])
      }
      expect(await stateOf('disarm')).toBe('done')
      await etcd.put({ key: toUtf8('/after'), value: toUtf8('1'), lease: 'none' })
      expect((await entries()).slice(0, 2)).toEqual([
        'alarm_disarm refused health_gate_failed',
        'compact succeeded',
      ])
    },
  )
})

import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { httpCall } from '@etcdmonitor/rig/http-call'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { openEtcd, openOpsApi, putTimes, refusal } from '../../ops-rig.contract.ts'

const CORRUPT = { action: 'ACTIVATE', alarm: 'CORRUPT' }
/** Of no member that is there. */
const LEFT = '77'

describe.each(etcdVersions())('alarms of etcd $version', (server) => {
  const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts
  let servers: Servers
  beforeEach(async () => {
    if (!isMissing) servers = await startEtcdCluster({ members: 3, binary: server.path })
    onTestFinished(() => servers?.dispose())
  })

  async function open() {
    const etcd = openEtcd(servers.endpoints)
    await putTimes(etcd, { times: 3 })
    const api = await openOpsApi({ etcd })
    const { members } = (await api.get('/api/members')).json
    return { etcd, ...api, members: members as { id: string; name: string }[] }
  }

  const activate = (memberID: string, alarm = CORRUPT.alarm) =>
    httpCall({ url: `${servers.endpoints[0]}/v3/maintenance/alarm`, json: { ...CORRUPT, alarm, memberID } })

  it.skipIf(isMissing)(
    'OP25 OP27 O35 CORRUPT is disarmed only after hashes of all voters were equal',
    async () => {
      const { post, get, members, entries } = await open()
      const [member] = members
      const body = { member_id: member?.id, alarm_type: 'CORRUPT' }
      expect((await post('/api/ops/hashkv')).json.verdict).toBe('consistent')
      await activate(member?.id ?? '')
      expect((await get('/api/ops/alarms')).json.alarms).toEqual([
        { member_id: member?.id, member_name: member?.name, alarm_type: 'CORRUPT' },
      ])
      const early = await post('/api/ops/alarms/disarm', body)
      expect(early).toMatchObject({
        status: 409,
        json: { code: 'health_gate_failed', blockers: [{ code: 'corrupt_not_cleared' }] },
      })
      const rolling = await post('/api/ops/defragment', { member_ids: 'all' })
      expect(rolling.json.blockers).toContainEqual(expect.objectContaining({ code: 'alarm_corrupt' }))
      expect((await post('/api/ops/hashkv')).json.verdict).toBe('consistent')
      expect((await post('/api/ops/alarms/disarm', body)).status).toBe(200)
      expect((await get('/api/ops/alarms')).json.alarms).toEqual([])
      expect(refusal(await post('/api/ops/alarms/disarm', body))).toEqual([404, 'alarm_not_found'])
      expect(await entries()).toEqual([
        'hashkv succeeded',
        'alarm_disarm refused health_gate_failed',
        'defragment refused health_gate_failed',
        'hashkv succeeded',
        'alarm_disarm succeeded',
        'alarm_disarm refused alarm_not_found',
      ])
    },
  )

  it.skipIf(isMissing)('OP26 NOSPACE is not disarmed while CORRUPT is active', async () => {
    const { post, members } = await open()
    const [first, second] = members
    await activate(first?.id ?? '', 'NOSPACE')
    await activate(second?.id ?? '')
    const refused = await post('/api/ops/alarms/disarm', { member_id: first?.id, alarm_type: 'NOSPACE' })
    expect(refused.json.blockers).toMatchObject([{ code: 'corrupt_active' }])
    const wrong = await post('/api/ops/alarms/disarm', { member_id: second?.id, alarm_type: 'NOSPACE' })
    expect(refusal(wrong)).toEqual([404, 'alarm_not_found'])
  })

  it.skipIf(isMissing)(
    'OP25 OP26 OP27 lists an alarm of no member and of one that has left, and disarms each by its own rule',
    async () => {
      const { post, get } = await open()
      await activate(LEFT, 'NOSPACE')
      expect((await get('/api/ops/alarms')).json.alarms).toEqual([
        { member_id: LEFT, member_name: '', alarm_type: 'NOSPACE' },
      ])
      const nospace = { member_id: LEFT, alarm_type: 'NOSPACE' }
      expect(await post('/api/ops/alarms/disarm', nospace)).toMatchObject({ status: 200, json: nospace })
      const twice = await post('/api/ops/alarms/disarm', nospace)
      expect(refusal(twice)).toEqual([404, 'member_not_found'])
      await activate('0')
      const corrupt = { member_id: '0', alarm_type: 'CORRUPT' }
      expect((await get('/api/ops/alarms')).json.alarms).toEqual([{ ...corrupt, member_name: '' }])
      expect((await post('/api/ops/alarms/disarm', corrupt)).json.blockers).toMatchObject([
        { code: 'corrupt_not_cleared' },
      ])
      expect((await post('/api/ops/hashkv')).json.verdict).toBe('consistent')
      expect(await post('/api/ops/alarms/disarm', corrupt)).toMatchObject({ status: 200, json: corrupt })
      expect((await get('/api/ops/alarms')).json.alarms).toEqual([])
    },
  )
})

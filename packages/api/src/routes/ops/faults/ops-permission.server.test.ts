import { toSecret } from '@etcdmonitor/core/secret'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openEtcd, openOpsApi, refusal } from '../../../ops-rig.contract.ts'

const ROOT = { username: 'root', password: 'secret' }
const ANSWERS = { permission_denied: [403, 'permission_denied'], none: [200, undefined] }

describe.each(etcdVersions())('a user of etcd $version without the role root', (server) => {
  const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts

  it.skipIf(isMissing)(
    'OP29 OP30 is told so by every operation that etcd keeps from it, each try is recorded, and nothing is half done',
    async () => {
      const servers = await startEtcdCluster({
        ...{ members: 3, auth: ROOT, flags: ['--bcrypt-cost=4'] },
        ...('path' in server && { binary: server.path }),
      })
      onTestFinished(() => servers.dispose())
      const call = async (path: string, json: object, token = '') => {
        const answer = await fetch(`${servers.endpoints[0]}/v3/${path}`, {
          ...{ method: 'POST', body: JSON.stringify(json), headers: token ? { authorization: token } : {} },
          ...{ redirect: 'error' as const, signal: AbortSignal.timeout(60_000) },
        })
        expect(answer.status).toBe(200)
        return (await answer.json()) as { readonly token: string }
      }
      const { token } = await call('auth/authenticate', { name: 'root', password: ROOT.password })
      await call('auth/role/add', { name: 'some' }, token)
      await call('auth/user/add', { name: 'app', password: ROOT.password }, token)
      await call('auth/user/grant', { user: 'app', role: 'some' }, token)
      const key = Buffer.from('k').toString('base64')
      for (let at = 0; at < 10; at += 1) await call('kv/put', { key, value: key }, token)
      const etcd = openEtcd(servers.endpoints, { username: 'app', password: toSecret(ROOT.password) })
      const { post, get, entries, state } = await openOpsApi({ etcd })
      await etcd.view({ maxAge: 0, wait: 4_000 })
      const { members } = (await get('/api/members')).json
      const [member] = members.filter((one: { readonly is_leader: boolean }) => !one.is_leader)
      await call('maintenance/alarm', { action: 'ACTIVATE', alarm: 'NOSPACE', memberID: member.id }, token)
      const { permission_denied: kept, none: allowed } = ANSWERS
      const isOld = server.version === '3.4' // it lets everybody move the leader and disarm
      for (const [path, expected] of [
        ['alarms', allowed],
        ['compact/revision', kept],
        ['rescue', allowed],
        [`snapshot?member_id=${member.id}`, kept],
      ] as const)
        expect.soft(refusal(await get(`/api/ops/${path}`)), path).toEqual(expected)
      for (const [path, body, expected] of [
        ['defragment', { member_id: member.id }, kept],
        ['defragment', { member_id: member.id, dry_run: true }, allowed],
        ['defragment', { member_ids: 'all' }, kept],
        ['hashkv', undefined, kept],
        ['compact', { retain_count: 1 }, kept],
        ['compact', { retain_count: 1, dry_run: true }, kept],
        ['alarms/disarm', { member_id: member.id, alarm_type: 'NOSPACE', dry_run: true }, allowed],
        ['alarms/disarm', { member_id: member.id, alarm_type: 'NOSPACE' }, isOld ? allowed : kept],
        ['move-leader', { target_member_id: member.id, dry_run: true }, allowed],
        ['move-leader', { target_member_id: member.id }, isOld ? allowed : kept],
        ['snapshot/ticket', { member_id: member.id }, allowed],
      ] as const) {
        const answer = await post(`/api/ops/${path}`, body)
        expect.soft(refusal(answer), path).toEqual(expected)
        if (expected === kept)
          expect
            .soft(answer.json.error)
            .toBe('the etcd user "app" needs the root role for this; monitoring by /metrics goes on')
      }
      const report = (await get('/api/ops/rescue')).json
      expect(report).toMatchObject({
        complete: false,
        revision: null,
        prefixes: [],
        prefixes_complete: false,
      })
      const last = isOld ? 'succeeded' : 'failed permission_denied'
      expect(await entries()).toEqual([
        'snapshot failed permission_denied',
        'defragment failed permission_denied',
        // of the run, and of the member that was asked
        'defragment failed permission_denied',
        'defragment failed permission_denied',
        'hashkv failed permission_denied',
        'compact refused permission_denied',
        `alarm_disarm ${last}`,
        `move_leader ${last}`,
        'snapshot_ticket succeeded',
      ])
      for (const { clusterId } of await state.runs.list({ limit: 10 }))
        expect(await state.runs.holder(clusterId)).toBeUndefined()
    },
  )
})

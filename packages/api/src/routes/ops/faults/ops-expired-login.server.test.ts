import { toSecret } from '@etcdmonitor/core/secret'
import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEtcd, openOpsApi, putTimes } from '../../../ops-rig.contract.ts'

const USER = { username: 'console', password: 'secret' }
const METHODS = [
  'alarms',
  'disarm',
  'headRevision',
  'compactedRevision',
  'compact',
  'moveLeader',
  'hashKv',
  'defragment',
  'snapshot',
] as const

describe.each(etcdVersions())('operations of a user of etcd $version', (server) => {
  const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts
  let servers: Servers
  beforeAll(async () => {
    if (isMissing) return
    const flags = ['--bcrypt-cost=4']
    servers = await startEtcdCluster({ members: 3, binary: server.path, auth: USER, flags })
  })
  afterAll(() => servers?.dispose())

  const call = async (path: string, json: object, token = '') => {
    const answer = await fetch(`${servers.endpoints[0]}/v3/${path}`, {
      ...{ method: 'POST', body: JSON.stringify(json), headers: token ? { authorization: token } : {} },
      ...{ redirect: 'error' as const, signal: AbortSignal.timeout(60_000) },
    })
    expect(answer.status).toBe(200)
    return (await answer.json()) as { readonly token?: string }
  }

  /** Every member forgets the logins of our user, as if they had expired. */
  async function endLogins(token: string): Promise<void> {
    await call('auth/user/changepw', { name: USER.username, password: USER.password }, token)
  }

  it.skipIf(isMissing)(
    'OP31 are carried out although the login has ended a moment before each call',
    async () => {
      const { token = '' } = await call('auth/authenticate', { name: 'root', password: USER.password })
      const etcd = openEtcd(servers.endpoints, {
        username: USER.username,
        password: toSecret(USER.password),
      })
      let ended = 0
      const late = Object.fromEntries(
        METHODS.map((method) => [
          method,
          async (...args: unknown[]) => {
            await endLogins(token)
            ended += 1
            // biome-ignore lint/suspicious/noExplicitAny: each method is handed what it was called with
            return (etcd[method] as any)(...args)
          },
        ]),
      )
      await putTimes(etcd, { times: 20, bytes: 1_000 })
      await etcd.view({ maxAge: 0, wait: 4_000 })
      const {
        get,
        post,
        send,
        token: session,
        entries,
        untilEnded,
      } = await openOpsApi({ etcd: { ...etcd, ...late } })
      const { members } = (await get('/api/members')).json
      const [member, other] = members.filter((one: { readonly is_leader: boolean }) => !one.is_leader)
      const alarm = { memberID: member.id, alarm: 'NOSPACE', action: 'ACTIVATE' }
      await call('maintenance/alarm', alarm, token)
      expect((await get('/api/ops/alarms')).json.alarms).toMatchObject([{ alarm_type: 'NOSPACE' }])
      expect((await get('/api/ops/compact/revision')).status).toBe(200)
      for (const [path, body] of [
        ['alarms/disarm', { member_id: member.id, alarm_type: 'NOSPACE' }],
        ['compact', { retain_count: 5 }],
        ['hashkv', undefined],
        ['defragment', { member_id: member.id }],
        ['defragment', { member_ids: 'all', move_leader: true }],
        ['move-leader', { target_member_id: (await currentFollower()) ?? other.id }],
      ] as const) {
        const target = path === 'move-leader' ? { target_member_id: await currentFollower() } : body
        expect(await post(`/api/ops/${path}`, target), path).toMatchObject({ status: 200 })
      }
      const authorization = { authorization: `Bearer ${session}` }
      const snapshot = await send(`/api/ops/snapshot?member_id=${member.id}`, { headers: authorization })
      expect(snapshot.status).toBe(200)
      await untilEnded(snapshot.headers.get('x-run-id') ?? '')
      expect(ended).toBeGreaterThan(20)
      expect((await entries()).filter((line) => !line.endsWith(' succeeded'))).toEqual([])

      async function currentFollower(): Promise<string> {
        const view = await etcd.view({ maxAge: 0, wait: 4_000 })
        return view.members.find(({ id }) => id !== view.leaderId)?.id ?? ''
      }
    },
  )
})

import { METRICS } from '@etcdmonitor/core/metrics/catalogue'
import { type EtcdCluster, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { httpCall } from '@etcdmonitor/rig/http-call'
import { needServer } from '@etcdmonitor/rig/need-server'
import { expect, it } from 'vitest'
import { type Console, startConsole } from '../setup/console/console.ts'
import { eventually } from '../setup/eventually.ts'

const PUTS = 500
/** Entries a second that an idle cluster commits at most: less than the position that the restarted member comes back with. */
const IDLE = 50
const RATES = METRICS.filter(({ kind, params }) => kind === 'rate' && params.by === undefined).map(
  ({ name }) => name,
)
const base64 = (text: string) => Buffer.from(text).toString('base64')

type Columns = Readonly<Record<string, readonly (number | null)[]>>
type Values = Readonly<Record<string, number>>

async function put(endpoint: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++)
    await httpCall({
      url: `${endpoint}/v3/kv/put`,
      json: { key: base64(`restart/${i}`), value: base64('value') },
    })
}

/** A member that follows, and its id. */
async function findFollower(cluster: EtcdCluster) {
  for (const member of cluster.members) {
    const { body } = await httpCall({ url: `${member.url}/v3/maintenance/status`, json: {} })
    const { leader, header } = JSON.parse(body) as { leader: string; header: { member_id: string } }
    if (leader !== header.member_id) return { member, id: header.member_id }
  }
  throw new Error('every member leads')
}

const current = async (api: Console, id: string): Promise<Values> =>
  (await api.get(`/api/current?member_id=${id}`)).body.metrics as Values

needServer('etcd', () => {
  it('a member that is killed and comes back is one restart, no change of leader and no rate that never was', async () => {
    await using cluster = await startEtcdCluster({ members: 3 })
    await put(cluster.endpoints[0] ?? '', PUTS)
    await using api = await startConsole({ endpoints: cluster.endpoints })
    await api.signIn()
    const { member, id } = await findFollower(cluster)
    const running = (metrics: Values) =>
      metrics.collector_up === 1 && metrics.etcd_mvcc_put_total_rate !== undefined
    const before = await eventually('two scrapes', async () => {
      const now = await current(api, id)
      return running(now) && now
    })

    await member.kill()
    await eventually('a failed scrape', async () => (await current(api, id)).collector_up === 0)
    await member.restart()
    const after = await eventually('the restarted process', async () => {
      const now = await current(api, id)
      const isNew = (now.process_start_time_seconds ?? 0) > (before.process_start_time_seconds ?? 0) + 1
      return isNew && running(now) && now
    })
    expect(after.process_restarts).toBe(1)
    expect(after.raft_follower_lag).toBeLessThan(IDLE)

    const window = 'range=5m&step=1&format=columns'
    const { body } = await api.get(
      `/api/range?member_id=${id}&${window}&metrics=process_restarts,${RATES.join(',')}`,
    )
    const { process_restarts: restarts = [], ...rates } = body.series as Columns
    expect(restarts.reduce<number>((sum, one) => sum + (one ?? 0), 0)).toBe(1)
    expect(
      Object.values(rates)
        .flat()
        .filter((rate) => rate !== null && rate < 0),
    ).toEqual([])
    for (const name of ['etcd_server_proposals_committed_total_rate', 'etcd_mvcc_current_revision_rate'])
      expect(Math.max(...(rates[name] ?? []).map((rate) => rate ?? 0))).toBeLessThan(IDLE)

    const changes = 'etcd_server_leader_changes_seen_total_increase'
    const all = await api.get(`/api/range?member_id=all&range=5m&step=300&format=columns&metrics=${changes}`)
    const each = Object.values(all.body.series as Record<string, Columns>).flatMap((of) => of[changes] ?? [])
    expect(each.filter((value) => value !== null && value > 0)).toEqual([])
  })

  it('a cluster of one member has no peers: 0 of them, and nobody it is compared with', async () => {
    await using cluster = await startEtcdCluster({ members: 1 })
    await using api = await startConsole({ endpoints: cluster.endpoints })
    await api.signIn()
    const now = await eventually('a scrape', async () => {
      const metrics = await current(api, 'default')
      return metrics.collector_up === 1 && metrics
    })
    expect(now).toMatchObject({ etcd_network_active_peers: 0, etcd_network_peer_sent_failures_total: 0 })
    expect(now).not.toHaveProperty('raft_follower_lag')
    expect(Object.keys(now).filter((name) => name.includes('{peer='))).toEqual([])
  })
})

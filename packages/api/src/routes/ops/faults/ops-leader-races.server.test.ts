import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import type { EtcdCluster } from '@etcdmonitor/core/ports/etcd-cluster'
import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { newestInQuick } from '@etcdmonitor/rig/etcd-versions'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { openEtcd, openOpsApi, putTimes, refusal, SHORT_LIMITS } from '../../../ops-rig.contract.ts'

interface Known {
  readonly id: string
  readonly name: string
  readonly is_leader: boolean
}

/** One round of looks: each waits 3 s for a member that hangs. */
const limits = { ...SHORT_LIMITS, rounds: 1, moveLeader: { call: 2_000, look: 200, verify: 3_000 } }
const FRESH = { maxAge: 0, wait: 4_000 }
const isLeader = ({ is_leader }: Known): boolean => is_leader

describe.each(newestInQuick())('a target of etcd $version that stops before it leads', (server) => {
  const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts
  let servers: Servers
  beforeEach(async () => {
    if (!isMissing) servers = await startEtcdCluster({ members: 3, binary: server.path })
    onTestFinished(() => servers?.dispose())
  })

  const hang = (id: string, known: readonly Known[]): void => {
    const name = known.find((member) => member.id === id)?.name
    servers.members.find((member) => member.name === name)?.hang()
  }
  const resumeAll = () => {
    for (const member of servers.members) member.resume()
  }

  /** `isStopped`: the target hangs when the call is sent, after all that is asked of it before. */
  async function open({ isStopped = false } = {}) {
    const etcd = openEtcd(servers.endpoints)
    await etcd.view(FRESH)
    let known: readonly Known[] = []
    const moveLeader: EtcdCluster['moveLeader'] = (target, options) => {
      const mayStillSend = () => {
        hang(target, known) // asked in the tick of the send
        return options?.mayStillSend?.() ?? true
      }
      return etcd.moveLeader(target, { ...options, mayStillSend })
    }
    const api = await openOpsApi({ etcd: { ...etcd, ...(isStopped && { moveLeader }) }, limits })
    known = (await api.get('/api/members')).json.members
    const leader = known.find(isLeader)
    const [target, other] = known.filter((member) => !isLeader(member))
    if (!leader || !target || !other) throw new Error('no leader')
    return { etcd, ...api, known, leader, target, other }
  }

  it.skipIf(isMissing)('OP11 is refused before anything is sent', async () => {
    const { post, known, target, entries } = await open()
    hang(target.id, known)
    const answer = await post('/api/ops/move-leader', { target_member_id: target.id })
    resumeAll()
    expect(refusal(answer)).toEqual([409, 'health_gate_failed'])
    expect(answer.json.blockers).toMatchObject([{ code: 'member_unreachable', member_id: target.id }])
    expect(await entries()).toEqual(['move_leader refused health_gate_failed'])
  })

  it.skipIf(isMissing)(
    'OP21 is not told as moved or as not moved without the voters, and who leads later is shown',
    async () => {
      const { etcd, post, get, target, untilEnded, entries } = await open({ isStopped: true })
      const answer = await post('/api/ops/move-leader', { target_member_id: target.id })
      const view = await etcd.view(FRESH)
      const named = new Set(
        view.members.flatMap(({ status, failure }) => (failure || !status ? [] : [status.leaderId])),
      )
      if (answer.status === 502) expect(named.size).toBe(1)
      expect([
        [502, 'etcd_error'],
        [504, 'outcome_unknown'],
      ]).toContainEqual(refusal(answer))
      const run = await untilEnded(answer.json.run_id)
      expect(run.state).toBe(answer.status === 502 ? 'failed' : 'unknown')
      expect(run.steps.map(({ state }: { state: string }) => state)).not.toContain('running')
      resumeAll()
      // the transfer may still happen, after another leader was found
      const isShown = async () => {
        const { members, leaderId } = await etcd.view(FRESH)
        const named = new Set(members.map(({ status, failure }) => failure?.kind ?? status?.leaderId))
        const shown = ((await get('/api/members')).json.members as readonly Known[]).filter(isLeader)
        return named.size === 1 && shown.length === 1 && shown[0]?.id === leaderId
      }
      await expect.poll(isShown).toBe(true)
      expect(await entries()).toEqual([
        answer.status === 502 ? 'move_leader failed etcd_error' : 'move_leader unknown outcome_unknown',
      ])
    },
  )

  it.skipIf(isMissing)(
    'OP11 ends a rolling run: the leader is not defragmented, and writes go on after an election at most',
    async () => {
      const { etcd, post, leader, known, untilEnded, entries } = await open({ isStopped: true })
      await putTimes(etcd, { times: 20, bytes: 64 * 1024 })
      const mark = await etcd.defragMark(leader.id)
      const before = { member_ids: 'all', move_leader: true }
      const answer = await post('/api/ops/defragment', before)
      expect(answer.status).toBeGreaterThanOrEqual(409)
      const run = await untilEnded(answer.json.run_id)
      expect(['failed', 'unknown']).toContain(run.state)
      const ofLeader = run.steps.filter(
        ({ name, member_id }: { name: string; member_id: string }) =>
          name === 'defragment' && member_id === leader.id,
      )
      expect(ofLeader).toMatchObject([{ state: 'not_started' }])
      expect(answer.json.members.at(-1)).toMatchObject({ member_id: leader.id, state: 'not_started' })
      // two of three are there: whoever leads takes writes again
      await expect
        .poll(() =>
          etcd.put({ key: toUtf8('/after'), value: toUtf8('1'), lease: 'none' }).then(() => 'put', String),
        )
        .toBe('put')
      expect(await etcd.defragMark(leader.id)).toEqual(mark)
      resumeAll()
      expect(known).toHaveLength(3)
      expect((await entries()).filter((line) => line.startsWith('move_leader'))).toHaveLength(1)
    },
  )
})

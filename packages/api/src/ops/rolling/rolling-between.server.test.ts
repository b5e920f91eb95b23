import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { newestInQuick } from '@etcdmonitor/rig/etcd-versions'
import { httpCall } from '@etcdmonitor/rig/http-call'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type openEtcd, SHORT_LIMITS } from '../../ops-rig.contract.ts'
import { holdBetweenTwo, openRolling, pause, refused, type Stepped, touched } from './rolling-rig.contract.ts'

describe.each(newestInQuick())('etcd $version between two members of a rolling defragmentation', (server) => {
  const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts
  let servers: Servers
  beforeEach(async () => {
    if (!isMissing) servers = await startEtcdCluster({ members: 3, binary: server.path })
    onTestFinished(() => servers?.dispose())
  })

  /** `limit`: of a gate, ms. */
  async function open(limit: number) {
    const rolling = await openRolling(servers, { gate: { ...SHORT_LIMITS.gate, limit } })
    return { ...rolling, betweenTwo: holdBetweenTwo(rolling) }
  }

  it.skipIf(isMissing)(
    'OP8 waits for a leader that was killed, and takes whoever leads then last',
    async () => {
      const { etcd, members, processOf, roll, betweenTwo, untilSteps, untilEnded } = await open(60_000)
      const old = (await members()).find((one) => one.is_leader)
      const id = await roll()
      const { done, next, release } = await betweenTwo()
      await processOf(old?.name ?? '').kill()
      release()
      await untilSteps(id, (steps) =>
        steps.some(
          ({ name, message }) => name === 'gate' && message.includes(`${old?.name} does not answer`),
        ),
      )
      await leadBy(etcd, next.memberId)
      await processOf(old?.name ?? '').restart()
      const run = await untilEnded(id)
      expect(run.state).toBe('succeeded')
      expect(run.steps.filter(({ name }: Stepped) => name === 'defragment')).toMatchObject([
        { member_id: done.memberId },
        { member_id: old?.id },
        { member_id: next.memberId },
      ])
      expect(run.result).toMatchObject({ leader_before: old?.id, leader_after: next.memberId })
    },
  )

  it.skipIf(isMissing)('OP9 waits for a follower that was stopped under load, and goes on', async () => {
    const { processOf, roll, betweenTwo, untilSteps, untilEnded } = await open(60_000)
    const id = await roll()
    const { next, release } = await betweenTwo()
    const stopped = processOf(next.memberName)
    const other = servers.endpoints.find((url) => url !== stopped.url)
    stopped.hang()
    const puts = Array.from({ length: 200 }, (_, n) => {
      const [key, value] = [`/load/${n}`, 'x'].map((text) => Buffer.from(text).toString('base64'))
      return httpCall({ url: `${other}/v3/kv/put`, json: { key, value } })
    })
    expect((await Promise.all(puts)).map(({ status }) => status)).toEqual(puts.map(() => 200))
    release()
    await untilSteps(id, (steps) =>
      steps.some(
        ({ name, message }) => name === 'gate' && message.startsWith('Waiting until the cluster is'),
      ),
    )
    stopped.resume()
    const run = await untilEnded(id)
    expect(run.state).toBe('succeeded')
    expect(touched(run)).toEqual(['succeeded', 'succeeded', 'succeeded'])
  })

  it.skipIf(isMissing)('OP9 ends the run when the follower does not come back in time', async () => {
    const { processOf, roll, betweenTwo, untilEnded, marks } = await open(3_000)
    const id = await roll()
    const { next, release } = await betweenTwo()
    processOf(next.memberName).hang()
    release()
    const run = await untilEnded(id)
    expect(run).toMatchObject({ state: 'failed', error: { code: 'health_gate_failed' } })
    expect(run.error.error).toContain(`${next.memberName} does not answer`)
    expect(touched(run)).toEqual(['succeeded', 'not_started', 'not_started'])
    expect(run.result.members.map(({ state }: Stepped) => state)).toEqual([
      'succeeded',
      'not_started',
      'not_started',
    ])
    processOf(next.memberName).resume()
    await expect.poll(async () => (await marks()).toSorted()).toEqual([0, 0, 1])
  })

  it.skipIf(isMissing)('OP10 ends the run when a member is corrupt', async () => {
    const { roll, betweenTwo, untilEnded, marks } = await open(2_000)
    const id = await roll()
    const { next, release } = await betweenTwo()
    const json = { action: 'ACTIVATE', memberID: next.memberId, alarm: 'CORRUPT' }
    await httpCall({ url: `${servers.endpoints[0]}/v3/maintenance/alarm`, json })
    release()
    const run = await untilEnded(id)
    expect(run).toMatchObject({ state: 'failed', error: { code: 'health_gate_failed' } })
    expect(run.error.error).toContain('the alarm CORRUPT is active')
    expect(touched(run)).toEqual(['succeeded', 'not_started', 'not_started'])
    expect((await marks()).toSorted()).toEqual([0, 0, 1])
  })
})

/** Whoever it is made to be by an election, leadership goes to this member. */
async function leadBy(etcd: ReturnType<typeof openEtcd>, id: string): Promise<void> {
  for (const end = performance.now() + 60_000; performance.now() < end; await pause()) {
    const { leaderId } = await etcd.view({ maxAge: 0, wait: 3_000 })
    if (leaderId === id) return
    if (leaderId !== undefined) await etcd.moveLeader(id).catch(refused)
  }
  throw new Error(`${id} does not lead`)
}

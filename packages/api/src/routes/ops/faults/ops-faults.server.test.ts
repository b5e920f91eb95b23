import { AppError } from '@etcdmonitor/core/errors'
import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import type { EtcdMember } from '@etcdmonitor/rig/etcd-member'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { startFaultProxy } from '@etcdmonitor/rig/fault-proxy'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { openEtcd, openOpsApi, putTimes, refusal, SHORT_LIMITS } from '../../../ops-rig.contract.ts'

interface Known {
  readonly id: string
  readonly name: string
  readonly is_leader: boolean
}

describe.each(etcdVersions())('operations on etcd $version that fails meanwhile', (server) => {
  const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts
  let servers: Servers
  beforeEach(async () => {
    if (!isMissing) servers = await startEtcdCluster({ members: 3, binary: server.path })
    onTestFinished(() => servers?.dispose())
  })

  async function open(over: Partial<typeof SHORT_LIMITS> = {}, etcd = openEtcd(servers.endpoints)) {
    const api = await openOpsApi({ etcd, limits: { ...SHORT_LIMITS, ...over } })
    await etcd.view({ maxAge: 0, wait: 3_000 })
    const { members } = (await api.get('/api/members')).json as { members: Known[] }
    const processOf = ({ name }: Known): EtcdMember => {
      const found = servers.members.find((member) => member.name === name)
      if (!found) throw new Error(`no member ${name}`)
      return found
    }
    const [first, second] = members.filter((one) => !one.is_leader)
    const leader = members.find((one) => one.is_leader)
    if (!first || !second || !leader) throw new Error('no leader')
    return { etcd, ...api, processOf, first, second, leader }
  }

  /**
   * The answer to the first defragmentation is lost by no deadline: it is held from the tick in which the call is sent, the member is stopped
   * as soon as it says that it is at it, and then its connections break.
   */
  async function openLossy(over: Partial<typeof SHORT_LIMITS.defragment> = {}) {
    const proxies = await Promise.all(servers.endpoints.map((url) => startFaultProxy(url)))
    onTestFinished(async () => {
      for (const proxy of proxies) await proxy[Symbol.asyncDispose]()
    })
    const etcd = openEtcd(proxies.map(({ url }) => url))
    const { promise: hung, resolve: isHung } = Promise.withResolvers<EtcdMember>()
    const lossy: typeof etcd = {
      ...etcd,
      async defragment(id, options) {
        const { members } = await etcd.view()
        const index = members.find((member) => member.id === id)?.configuredIndex ?? -1
        const [proxy, member] = [proxies[index], servers.members[index]]
        if (!proxy || !member) throw new AppError('member_not_found', id)
        void until(async () => member.logs().includes('starting defragment')).then(async () => {
          member.hang()
          await proxy.set({ mode: 'resetAfter', bytes: 0 })
          await proxy.set({ mode: 'pass' })
          isHung(member)
        })
        const mayStillSend = () => {
          void proxy.set({ mode: 'stall', direction: 'down' })
          return options?.mayStillSend?.() ?? true
        }
        return etcd.defragment(id, { ...options, mayStillSend })
      },
    }
    const opened = await open({ defragment: { ...SHORT_LIMITS.defragment, look: 200, ...over } }, lossy)
    await putTimes(etcd, { times: 5, bytes: 1024 ** 2 })
    /** The member that hangs, once the run waits for it. */
    async function untilWaiting(): Promise<EtcdMember> {
      const member = await hung
      await until(async () => {
        const [run] = await opened.state.runs.list({ limit: 1 })
        return run?.steps.some(({ message }) => message.startsWith('No answer')) ?? false
      })
      return member
    }
    return { ...opened, untilWaiting }
  }

  it.skipIf(isMissing)(
    'OP2 waits for a member whose answer was lost, and tells by its count that it was done',
    async () => {
      const { post, first, untilWaiting, untilEnded, entries } = await openLossy()
      const answer = post('/api/ops/defragment', { member_id: first.id })
      const member = await untilWaiting()
      member.resume()
      const done = await answer
      expect(done.status).toBe(200)
      const run = await untilEnded(done.json.run_id)
      expect(run.steps[1]).toMatchObject({
        state: 'succeeded',
        message: expect.stringContaining('its answer was lost'),
      })
      expect(await entries()).toEqual(['defragment succeeded'])
    },
  )

  it.skipIf(isMissing)(
    'OP3 a member that was restarted meanwhile has not done it, and no other is touched',
    async () => {
      const { post, untilWaiting, untilEnded, entries } = await openLossy()
      const { run_id: id } = (
        await post('/api/ops/defragment?wait=0', { member_ids: 'all', move_leader: false })
      ).json
      const member = await untilWaiting()
      await member.restart()
      const run = await untilEnded(id)
      expect(run.state).toBe('failed')
      expect(run.error.error).toContain('restarted during defragmentation')
      const touched = run.steps.filter(
        (step: Stepped) => step.name === 'defragment' && step.state !== 'not_started',
      )
      expect(touched).toMatchObject([{ member_name: member.name, state: 'failed' }])
      expect((await entries()).at(-1)).toBe('defragment failed etcd_error')
    },
  )

  it.skipIf(isMissing)(
    'OP4 a member that never answers again leaves an unknown outcome and a free lock',
    async () => {
      const { post, first, untilWaiting, untilEnded, state, entries } = await openLossy({ limit: 3_000 })
      const running = post('/api/ops/defragment', { member_id: first.id })
      const member = await untilWaiting()
      const answer = await running
      expect(refusal(answer)).toEqual([504, 'outcome_unknown'])
      const [run] = await state.runs.list({ limit: 1 })
      expect(answer.json).toMatchObject({ run_id: run?.id, member_id: first.id, member_name: first.name })
      expect(await untilEnded(run?.id ?? '')).toMatchObject({
        state: 'unknown',
        steps: [{}, { state: 'unknown' }, {}],
      })
      expect(await state.runs.holder(run?.clusterId ?? '')).toBeUndefined()
      expect(await entries()).toEqual(['defragment unknown outcome_unknown'])
      member.resume()
    },
  )

  it.skipIf(isMissing)(
    'OP5 O20 OP23 with a voter down nothing is defragmented, and hashes give no verdict',
    async () => {
      const { post, first, second, processOf } = await open()
      await processOf(second).kill()
      const single = await post('/api/ops/defragment', { member_id: first.id })
      expect(refusal(single)).toEqual([409, 'health_gate_failed'])
      expect(single.json.blockers).toMatchObject([{ code: 'quorum_at_risk', member_id: first.id }])
      const rolling = await post('/api/ops/defragment', { member_ids: 'all' })
      expect(rolling.json.blockers).toContainEqual(
        expect.objectContaining({ code: 'voter_unhealthy', member_id: second.id }),
      )
      expect((await post('/api/ops/hashkv')).json).toMatchObject({
        verdict: 'inconclusive',
        reason: 'member_missing',
      })
      const gone = await post('/api/ops/defragment', { member_id: second.id })
      expect(gone).toMatchObject({ status: 503, json: { code: 'member_unreachable', stage: 'tcp' } })
      await processOf(first).kill()
      expect(refusal(await post('/api/ops/move-leader', { target_member_id: first.id }))).toEqual([
        503,
        'no_quorum',
      ])
      const lost = await post('/api/ops/hashkv')
      expect(lost.json).toMatchObject({ verdict: 'inconclusive', reason: 'member_missing' })
    },
  )

  it.skipIf(isMissing)(
    'OP25 OP29 without quorum alarms are not listed, and the report says what it cannot know',
    async () => {
      const { get, first, second, processOf } = await open()
      await Promise.all([processOf(first).kill(), processOf(second).kill()])
      expect([503, 504]).toContain((await get('/api/ops/alarms')).status)
      const { status, json } = await get('/api/ops/rescue')
      expect(status).toBe(200)
      expect(json).toMatchObject({ complete: false, revision: null, steps: expect.any(Array) })
    },
  )

  it.skipIf(isMissing)(
    'RU6 a rolling run that is cancelled finishes its member, and starts no other',
    async () => {
      const { etcd, post, get, untilEnded, entries } = await open({
        settle: { short: 20_000, long: 20_000, border: 1 },
      })
      await putTimes(etcd, { times: 5, bytes: 1024 ** 2 })
      const { run_id: id } = (await post('/api/ops/defragment?wait=0', { member_ids: 'all' })).json
      await until(async () => {
        const { steps } = (await get(`/api/ops/runs/${id}`)).json
        return steps.some((step: Stepped) => step.name === 'settle' && step.state === 'running')
      })
      expect((await post(`/api/ops/runs/${id}/cancel`)).status).toBe(202)
      const run = await untilEnded(id)
      expect(run).toMatchObject({
        state: 'cancelled',
        cancel_requested: true,
        progress: { done: 1, total: 3 },
      })
      const members = run.steps.filter(({ name }: Stepped) => name === 'defragment')
      expect(members.map(({ state }: Stepped) => state)).toEqual(['succeeded', 'not_started', 'not_started'])
      expect((await entries()).toSorted()).toEqual([
        'defragment failed cancelled',
        'defragment succeeded',
        'run_cancel succeeded',
      ])
    },
  )
})

interface Stepped {
  readonly name: string
  readonly state: string
  readonly member_name: string
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 20))

async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000
  while (!(await condition())) {
    if (performance.now() > end) throw new Error('it did not happen within 30 s')
    await pause()
  }
}

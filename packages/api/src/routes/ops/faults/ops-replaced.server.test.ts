import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { newestInQuick } from '@etcdmonitor/rig/etcd-versions'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openEtcd, openOpsApi, putTimes, refusal } from '../../../ops-rig.contract.ts'

const FRESH = { maxAge: 0, wait: 4_000 }
type Etcd = ReturnType<typeof openEtcd>

describe.each(newestInQuick())('a cluster of etcd $version that is replaced meanwhile', (server) => {
  const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts
  const start = async (members: number, more: { token?: string; ports?: readonly number[] } = {}) => {
    const servers = await startEtcdCluster({
      members,
      ...('path' in server && { binary: server.path }),
      ...more,
    })
    onTestFinished(() => servers.dispose())
    const etcd = openEtcd(servers.endpoints)
    return { servers, etcd }
  }

  /** What could have been done to it, all at its beginning. */
  const untouched = async ({ etcd }: { readonly etcd: Etcd }) => {
    const { members, leaderId } = await etcd.view(FRESH)
    const marks = await Promise.all(members.map(({ id }) => etcd.defragMark(id)))
    return {
      compacted: await etcd.compactedRevision(),
      defragmented: marks.map((mark) => mark?.count),
      alarms: (await etcd.alarms()).length,
      leaderId,
    }
  }

  /** `swap` puts another one in its place, at the same addresses. */
  async function open(members: number, token?: string) {
    const first = await start(members)
    await putTimes(first.etcd, { times: 200 }) // what is shorter than this was not restored from it
    let second: Awaited<ReturnType<typeof start>> | undefined
    let before: Awaited<ReturnType<typeof untouched>> | undefined
    const swap = async () => {
      if (second) return
      await first.servers.dispose()
      second = await start(members, { ports: first.servers.ports, ...(token && { token }) })
      await putTimes(second.etcd, { times: 30 })
      before = await untouched(second)
    }
    const etcd = openEtcd(first.servers.endpoints, { interval: 0 })
    await etcd.view(FRESH)
    const expectUntouched = async () => {
      if (!second) throw new Error('it was not replaced')
      expect(await untouched(second)).toEqual(before)
      expect(before).toMatchObject({ compacted: '0', defragmented: Array(members).fill(0), alarms: 0 })
    }
    return { etcd, swap, expectUntouched }
  }

  const ACTS = [
    ['compact', () => ({ retain_count: 190 })],
    ['hashkv', () => undefined],
    ['defragment', (id: string) => ({ member_id: id })],
    ['defragment', () => ({ member_ids: 'all' })],
  ] as const

  it.skipIf(isMissing).each(ACTS)(
    'OP32 is told from the one that %s was planned for, and nothing is sent',
    async (path, bodyOf) => {
      const { etcd, swap, expectUntouched } = await open(1, 'another')
      let looks = 0
      const view: Etcd['view'] = async (options) => {
        if (options?.maxAge === 0) looks += 1
        if (looks === 2) await swap() // after the plan, before the checks under the lock
        return etcd.view(options)
      }
      const { get, post, entries } = await openOpsApi({ etcd: { ...etcd, view } })
      const { members } = (await get('/api/members')).json
      const answer = await post(`/api/ops/${path}`, bodyOf(members[0].id))
      expect(refusal(answer)).toEqual([409, 'health_gate_failed'])
      expect(answer.json.blockers).toContainEqual(expect.objectContaining({ code: 'cluster_changed' }))
      expect((await entries()).every((line) => line.includes(' failed health_gate_failed'))).toBe(true)
      await expectUntouched()
    },
  )

  it.skipIf(isMissing).each([
    ['compact', 'compact', () => ({ retain_count: 190 })],
    ['defragment', 'defragment', (id: string) => ({ member_id: id })],
  ] as const)('OP32 gets no %s that was about to be sent', async (method, path, bodyOf) => {
    const { etcd, swap, expectUntouched } = await open(1, 'another')
    const late = async (...args: unknown[]) => {
      await swap()
      // biome-ignore lint/suspicious/noExplicitAny: each method is handed what it was called with
      return (etcd[method] as any)(...args)
    }
    const { get, post, entries } = await openOpsApi({ etcd: { ...etcd, [method]: late } })
    const { members } = (await get('/api/members')).json
    const answer = await post(`/api/ops/${path}`, bodyOf(members[0].id))
    expect(answer.status).toBeGreaterThanOrEqual(500)
    expect((await entries())[0]).toMatch(/ failed /)
    await expectUntouched()
  })

  it.skipIf(isMissing).each([
    ['that looked at it since, is not the one that a plan was made for', 2, 'plan_changed'],
    ['that looks only now, is found out before anything is sent', 0, 'health_gate_failed'],
  ])('OP36 with the same ids, by a process %s', async (_, looks, code) => {
    for (const [path, body] of [
      ['compact', { retain_count: 5 }],
      ['defragment', { member_ids: 'all' }],
    ] as const) {
      const { etcd, swap, expectUntouched } = await open(1)
      const { post, entries } = await openOpsApi({ etcd })
      const { json } = await post(`/api/ops/${path}`, { ...body, dry_run: true })
      expect(json.allowed).toBe(true)
      await swap()
      for (let look = 0; look < looks; look += 1) await etcd.view(FRESH)
      const answer = await post(`/api/ops/${path}`, { ...body, plan_token: json.plan_token })
      expect(refusal(answer)).toEqual([409, code])
      expect((await entries())[0]).toMatch(new RegExp(`^${path} (refused|failed) ${code}$`))
      await expectUntouched()
    }
  })

  it.skipIf(isMissing)('OP36 with the same ids ends a rolling run between two members', async () => {
    const { etcd, swap, expectUntouched } = await open(3)
    let sent = 0
    const defragment: Etcd['defragment'] = async (...args) => {
      sent += 1
      await etcd.defragment(...args)
    }
    const view: Etcd['view'] = async (options) => {
      // the first gate after a member
      if (sent === 1 && options?.listMaxAge === 0) await swap()
      return etcd.view(options)
    }
    const { post, untilEnded } = await openOpsApi({ etcd: { ...etcd, defragment, view } })
    const answer = await post('/api/ops/defragment', { member_ids: 'all', move_leader: false })
    expect(refusal(answer)).toEqual([409, 'health_gate_failed'])
    expect(answer.json.blockers).toMatchObject([{ code: 'cluster_changed' }])
    expect(answer.json.members.map(({ state }: { state: string }) => state)).toEqual([
      'succeeded',
      'not_started',
      'not_started',
    ])
    expect((await untilEnded(answer.json.run_id)).state).toBe('failed')
    expect(sent).toBe(1)
    await expectUntouched()
  })
})

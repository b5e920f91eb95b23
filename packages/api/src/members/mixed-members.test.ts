import { memoryEtcdCluster } from '@etcdmonitor/adapters/memory/memory-etcd-cluster'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { AppError } from '@etcdmonitor/core/errors'
import type { MemberTicks, MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import { expect, it, vi } from 'vitest'
import { toMembership } from './membership.ts'
import { createMixWatch } from './mixed-members.ts'

const INTERVAL = 30_000
const START = 1_789_999_980_000

/** A store whose newest tick has the raft index that is set, and a member that reports what is set. */
function openRig({ isShared = true } = {}) {
  const clock = manualClock(START)
  const etcd = memoryEtcdCluster({ clock, clusterId: '7', members: [{ id: '1', name: 'alpha' }] })
  const stored = { at: START, index: 0 }
  const tail = vi.fn<MetricsReader['tail']>(async ({ members }) =>
    members.map((member) => ticksOf(member, stored)),
  )
  const findMixed = createMixWatch({ metrics: { tail, isShared }, clock }, INTERVAL)
  async function look() {
    const view = await etcd.view({ maxAge: 0 })
    const member = { clusterId: '7', memberId: '1' }
    const known = { member, firstAt: START, newestAt: stored.at, newestOkAt: stored.at }
    return findMixed(toMembership(view, [known], INTERVAL))
  }
  /** One interval: the tick is stored, and the console looks at the cluster twice. */
  async function tick(index: number, reported: number) {
    await clock.advance(INTERVAL)
    Object.assign(stored, { at: clock.now(), index })
    etcd.setStatus('1', { raftIndex: String(reported) })
    await look()
    await clock.advance(10_000)
    return look()
  }
  return { tick, tail }
}

const ticksOf = (
  member: MemberTicks['member'],
  { at, index }: { at: number; index: number },
): MemberTicks => ({
  member,
  times: Float64Array.of(at),
  first: 0,
  intervalSeconds: Float64Array.of(30),
  clockError: Float64Array.of(0),
  raftPosition: Float64Array.of(index),
  series: [{ kind: 'counter', source: 'raft_index', labels: {}, values: Float64Array.of(index) }],
})

it('F60 M1 names a member whose stored ticks are those of another cluster, after two of them', async () => {
  const { tick } = openRig()
  expect(await tick(20, 25)).toEqual([])
  expect(await tick(90_000, 30)).toEqual([])
  expect(await tick(90_040, 35)).toEqual(['1'])
  expect(await tick(40, 45)).toEqual([])
})

it('F60 says nothing of data that was wiped, whose next tick is its own', async () => {
  const { tick } = openRig()
  expect(await tick(90_000, 8)).toEqual([])
  expect(await tick(9, 12)).toEqual([])
  expect(await tick(13, 16)).toEqual([])
})

it('asks the store once a tick, and never the file that one collector alone writes', async () => {
  const shared = openRig()
  await shared.tick(20, 25)
  await shared.tick(30, 35)
  expect(shared.tail).toHaveBeenCalledTimes(2)
  const own = openRig({ isShared: false })
  await own.tick(90_000, 30)
  expect(await own.tick(90_040, 35)).toEqual([])
  expect(own.tail).not.toHaveBeenCalled()
})

it('knows nothing while the store is away', async () => {
  const { tick, tail } = openRig()
  tail.mockRejectedValue(new AppError('storage_unavailable', 'away'))
  expect(await tick(90_000, 30)).toEqual([])
})

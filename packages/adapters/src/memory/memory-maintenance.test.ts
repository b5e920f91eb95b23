import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { expect, it } from 'vitest'
import { memoryEtcdCluster } from './memory-etcd-cluster.ts'

const MEMBERS = [
  { id: '10', name: 'alpha' },
  { id: '20', name: 'beta' },
  { id: '30', name: 'gamma', isLearner: true },
]

async function open() {
  const clock = manualClock()
  const cluster = memoryEtcdCluster({ clock, members: MEMBERS })
  await cluster.view()
  return { clock, cluster }
}

it('goes on with a defragmentation when the caller has given up, and answers nothing meanwhile', async () => {
  const { clock, cluster } = await open()
  cluster.setDefragTime('20', 40_000)
  cluster.setStatus('20', { dbSizeBytes: 9_000, dbSizeInUseBytes: 1_000 })
  const before = await cluster.defragMark('20')
  const lost = expect(cluster.defragment('20', { deadline: 5_000 })).rejects.toMatchObject({
    code: 'outcome_unknown',
  })
  await clock.advance(5_000)
  await lost
  const late = expect(cluster.status('20')).rejects.toMatchObject({ code: 'etcd_timeout' })
  await clock.advance(3_000)
  await late
  const answer = cluster.status('20', { deadline: 60_000 })
  await clock.advance(32_000)
  expect(await answer).toMatchObject({ dbSizeBytes: 1_000 })
  expect(await cluster.defragMark('20')).toEqual({ ...before, count: 1 })
  cluster.restart('20')
  expect(await cluster.defragMark('20')).toEqual({ count: 0, processStart: clock.now() / 1_000 })
})

it('loses an answer, once, of what was carried out', async () => {
  const { cluster } = await open()
  cluster.setFault('10', 'compact', { kind: 'connection_lost', isApplied: true, times: 1 })
  await cluster.put({ key: toUtf8('a'), value: toUtf8('1'), lease: 'none' })
  await expect(cluster.compact('2', false)).rejects.toMatchObject({ code: 'outcome_unknown' })
  expect(await cluster.compactedRevision()).toBe('2')
  await expect(cluster.compact('2', false)).rejects.toMatchObject({ code: 'revision_compacted' })
})

it.each([
  ['no_space', 'etcd_nospace'],
  ['permission_denied', 'permission_denied'],
  ['disk_full', 'etcd_error'],
  ['server_timeout', 'outcome_unknown'],
] as const)('fails by %s with the code %s, and does nothing', async (kind, code) => {
  const { cluster } = await open()
  cluster.setFault('20', 'defragment', { kind })
  await expect(cluster.defragment('20')).rejects.toMatchObject({ code })
  expect(await cluster.defragMark('20')).toMatchObject({ count: 0 })
  cluster.setFault('20', 'defragment', undefined)
  await cluster.defragment('20')
  expect(await cluster.defragMark('20')).toMatchObject({ count: 1 })
})

it('moves the leadership later than it says, or never', async () => {
  const { clock, cluster } = await open()
  cluster.setFault('10', 'moveLeader', { kind: 'transfer_timeout', isApplied: false })
  await expect(cluster.moveLeader('20')).rejects.toMatchObject({ code: 'outcome_unknown' })
  expect((await cluster.status('10')).leaderId).toBe('10')
  cluster.setFault('10', 'moveLeader', { after: 20_000, isApplied: true })
  const lost = expect(cluster.moveLeader('20')).rejects.toMatchObject({ code: 'outcome_unknown' })
  await clock.advance(10_000)
  await lost
  expect((await cluster.status('10')).leaderId).toBe('10')
  await clock.advance(10_000)
  expect((await cluster.status('10')).leaderId).toBe('20')
})

it('refuses a learner as leader', async () => {
  const { cluster } = await open()
  await expect(cluster.moveLeader('30')).rejects.toMatchObject({
    code: 'not_a_voter',
    details: { member_id: '30' },
  })
})

it('shows alarms in the Status of every member', async () => {
  const { cluster } = await open()
  const alarm = { memberId: '0', type: 'CORRUPT' }
  cluster.setAlarms([alarm])
  expect((await cluster.status('20')).alarms).toEqual([alarm])
})

it.each([
  [{ breaksAfter: 1_024 }, { code: 'etcd_timeout' }, 1_024],
  [{ isDamaged: true }, { code: 'etcd_corrupt' }, 2_048],
])('sends a snapshot with the fault %o', async (snapshot, error, bytes) => {
  const { cluster } = await open()
  cluster.setSnapshot('10', snapshot)
  const stream = await cluster.snapshot('10')
  let got = 0
  const reading = (async () => {
    for await (const chunk of stream) got += chunk.length
  })()
  await expect(reading).rejects.toMatchObject(error)
  await expect(stream.verified).rejects.toMatchObject(error)
  expect(got).toBe(bytes)
  expect(stream.totalBytes).toBe(2_080)
})

it('sends the chunks of a snapshot as slowly as it was told', async () => {
  const { clock, cluster } = await open()
  cluster.setSnapshot('10', { chunkMs: 1_000 })
  const stream = await cluster.snapshot('10')
  let got = 0
  const reading = (async () => {
    for await (const chunk of stream) got += chunk.length
  })()
  await clock.settle()
  expect(got).toBe(512)
  await clock.advance(1_000)
  expect(got).toBe(1_024)
  await clock.advance(2_000)
  await reading
  expect(got).toBe(2_080)
})

import { memoryEtcdCluster } from '@etcdmonitor/adapters/memory/memory-etcd-cluster'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import type { MemberTick } from '@etcdmonitor/core/metrics/sample'
import { expect, it, onTestFinished } from 'vitest'
import { SETTINGS } from '../../api-rig.contract.ts'
import { CLUSTER, NEWEST, NOW, openStore } from '../../dashboard-rig.contract.ts'
import { readSampledFacts } from './sampled-facts.ts'

type Scalar = MemberTick['scalars'][number]

const started = (value: number, method = 'Snapshot'): Scalar => ({
  ...{ source: 'grpc_started', labels: { method }, value },
})
const handled = (value: number, result = 'ok', method = 'Snapshot'): Scalar => ({
  ...{ source: 'grpc_handled', labels: { method, class: result }, value },
})

/** Members whose newest page said so, at `at`. */
async function open(pages: Readonly<Record<string, readonly Scalar[]>>, at = NEWEST) {
  const store = await openStore()
  onTestFinished(() => store[Symbol.asyncDispose]())
  const clock = manualClock(NOW)
  const ids = Object.keys(pages)
  const members = ids.map((id) => ({ memberId: id, scalars: pages[id] ?? [], histograms: [] }))
  await store.writer.append({ clusterId: CLUSTER, at, members })
  const named = ids.map((id) => ({ id, name: `m${id}` }))
  const view = await memoryEtcdCluster({ clock, members: named, clusterId: CLUSTER }).view()
  return readSampledFacts({ metrics: store.reader, clock, settings: SETTINGS }, view, false)
}

it('knows who sends a snapshot: what was begun and is not ended', async () => {
  const { openReaders } = await open({
    '10': [started(3), handled(2), started(9, 'Range'), handled(4, 'ok', 'Range')],
    '20': [started(3), handled(2), handled(1, 'failed')],
    '30': [started(1)],
  })
  expect([...openReaders]).toEqual(['10', '30'])
})

it('takes no open transaction for a reader: etcd counts the one that it ends just then', async () => {
  const idle = { source: 'open_read_txns', labels: {}, value: 2 } as const
  expect((await open({ '10': [idle, started(2), handled(2)] })).openReaders.size).toBe(0)
})

it('says nothing of a page that was read long ago', async () => {
  expect((await open({ '10': [started(1)] }, NEWEST - 300_000)).openReaders.size).toBe(0)
})

import { memoryEtcdCluster } from '@etcdmonitor/adapters/memory/memory-etcd-cluster'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { expect, it, onTestFinished } from 'vitest'
import { CLUSTER, NEWEST, NOW, openStore } from '../../dashboard-rig.contract.ts'
import { readRescueRates } from './rescue-rates.ts'

const EVERY = 30_000
const MIB = 1024 ** 2

/** `ticks` pages, the last 3 s ago: 60 puts and 30 refused ones between two, and a file that grows by 1 MiB. */
async function open(ticks: number, newest = NEWEST) {
  const store = await openStore()
  onTestFinished(() => store[Symbol.asyncDispose]())
  const clock = manualClock(NOW)
  for (let at = 0; at < ticks; at += 1) {
    const scalars = [
      { source: 'db_total', labels: {}, value: (100 + at) * MIB },
      { source: 'put', labels: {}, value: 60 * (at + 1) },
      { source: 'grpc_handled', labels: { method: 'Put', class: 'failed' }, value: 30 * (at + 1) },
      { source: 'grpc_handled', labels: { method: 'Range', class: 'failed' }, value: 500 * (at + 1) },
    ] as const
    const members = [{ memberId: '10', scalars, histograms: [] }]
    await store.writer.append({ clusterId: CLUSTER, at: newest - (ticks - 1 - at) * EVERY, members })
  }
  const view = await memoryEtcdCluster({
    ...{ clock, clusterId: CLUSTER, members: [{ id: '10', name: 'alpha' }] },
  }).view()
  return readRescueRates({ metrics: store.reader, clock }, view)
}

it('tells rates of the time that samples cover, also where that is short', async () => {
  for (const [ticks, watched] of [
    [3, 60_000],
    [60, 870_000],
  ] as const) {
    const rates = await open(ticks)
    expect(rates).toMatchObject({ putsPerSecond: 2, failedWritesPerSecond: 1, watched })
    expect(rates.growthBytesPerHour).toBeCloseTo(120 * MIB)
    expect(rates.recentGrowthBytesPerHour).toBeCloseTo(120 * MIB)
  }
})

it('knows no rates of one sample, and watches nothing while samples are old', async () => {
  expect((await open(1)).putsPerSecond).toBeUndefined()
  expect((await open(1)).watched).toBeUndefined()
  expect((await open(60, NEWEST - 600_000)).watched).toBeUndefined()
})

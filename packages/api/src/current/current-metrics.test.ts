import { METRICS } from '@etcdmonitor/core/metrics/catalogue'
import { expect, it } from 'vitest'
import { ALPHA, BETA, CLUSTER, fill, openStore } from '../dashboard-rig.contract.ts'
import { createCurrentReader } from './current-metrics.ts'

it('lets others run every few ms, however many members are evaluated together', async () => {
  await using store = await openStore()
  await fill(store)
  let now = 0
  const pauses: number[] = []
  const clock = {
    monotonic: () => ++now, // a metric takes a millisecond
    turn: async () => void pauses.push(now),
  }
  const reader = createCurrentReader(store.reader, clock)
  const members = [ALPHA, BETA].map((memberId) => ({ clusterId: CLUSTER, memberId }))
  const { signal } = new AbortController()
  const values = await Promise.all(members.map((one) => reader.read(one, members, signal)))
  expect(values.map(({ size }) => size > 10)).toEqual([true, true])
  const between = pauses.slice(1).map((at, i) => at - (pauses[i] ?? 0))
  expect(pauses.length).toBeGreaterThan(METRICS.length / 8)
  expect(Math.max(...between)).toBeLessThanOrEqual(8)
})

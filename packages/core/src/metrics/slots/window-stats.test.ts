import { expect, it } from 'vitest'
import type { CounterSlots } from '../../ports/metrics-store.ts'
import { evaluateSlots } from '../evaluate/evaluate-slots.ts'
import { metricNamed } from '../vectors.contract.ts'
import { planWindow } from './plan-window.ts'
import { windowStats } from './window-stats.ts'

const SENT = metricNamed('etcd_network_peer_sent_bytes_total')
const NONE = { times: new Float64Array(0), length: 0, until: 0, series: [] }

const sentTo = (peer: string, last: readonly number[]): CounterSlots => ({
  kind: 'counter',
  source: 'peer_sent_bytes',
  labels: { peer },
  covered: Float64Array.of(60, 60),
  increase: Float64Array.of(0, 0),
  last: Float64Array.from(last),
})

it('answers every aggregate of a counter by its last value, also where a label set has ended', () => {
  const data = { series: [sentTo('1', [100, Number.NaN]), sentTo('2', [200, 210])], parts: NONE }
  const window = planWindow({ from: 0, to: 120_000, step: 60_000, interval: 30_000, names: 1, members: 1 })
  expect([...evaluateSlots(SENT, data, window)]).toEqual([300, 210])
  expect(windowStats(SENT, data, window)).toEqual({
    min: 210,
    max: 210,
    avg: 210,
    last: 210,
    lastTime: 60_000,
  })
})

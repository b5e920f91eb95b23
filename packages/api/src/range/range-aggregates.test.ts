import type { MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DashboardStore, openApp, openStore } from '../dashboard-rig.contract.ts'
import { AGGREGATES, type Aggregate, openRangeOracle, rangeCases } from './range-oracle.contract.ts'
import {
  LATE_PEER_FROM,
  RECORDED_FROM,
  RECORDED_INTERVAL,
  RECORDED_MEMBERS,
  RECORDED_TICKS,
  recordedHistory,
} from './range-recording.contract.ts'

const batches = recordedHistory()
const cases = rangeCases(batches)
const METRICS = encodeURIComponent(cases.map(({ name }) => name).join())
const END = RECORDED_FROM + RECORDED_TICKS * RECORDED_INTERVAL

const LATE_PEER_RATE = 'etcd_network_peer_sent_bytes_total_rate_by_peer{peer="6"}'

let store: DashboardStore
beforeAll(async () => {
  store = await openStore()
  for (const batch of batches) await store.writer.append(batch)
})
afterAll(() => store[Symbol.asyncDispose]())

/** Relative 1e-9; the history has no number that needs less. */
function expectClose(what: string, found: readonly (number | null)[], wanted: readonly number[]): void {
  const isClose = (a: number | null, b: number) =>
    a === null || Number.isNaN(b)
      ? a === null && Number.isNaN(b)
      : Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b))
  const wrong = wanted.findIndex((value, i) => !isClose(found[i] ?? null, value))
  if (wrong >= 0 || found.length !== wanted.length)
    throw new Error(`${what}: slot ${wrong} of ${found.length} is ${found[wrong]}, wanted ${wanted[wrong]}`)
}

interface Asked {
  readonly from: number
  readonly to: number
  readonly step: number
  readonly part: number
}

/** All members, metrics and extras of one request against their definitions. */
async function expectWindow(
  metrics: MetricsReader,
  { from, to, step, part }: Asked,
  agg: Aggregate | 'default',
) {
  const { get } = await openApp({ metrics })
  const query = `start=${from / 1_000}&end=${to / 1_000}&step=${step / 1_000}&include=stats,band,counts`
  const { status, body } = await get(
    `/api/range?metrics=${METRICS}&member_id=all&format=columns&${query}${agg === 'default' ? '' : `&agg=${agg}`}`,
  )
  expect([status, body.resolution]).toEqual([200, part / 1_000])
  const isLatePeerThere = body.end * 1_000 > LATE_PEER_FROM
  expect(body.unknown_metrics).toEqual(isLatePeerThere ? [] : [LATE_PEER_RATE])
  const window = { from: body.start * 1_000, to: body.end * 1_000, step }
  for (const memberId of RECORDED_MEMBERS) {
    const oracle = openRangeOracle(batches, memberId, { window, part })
    for (const one of cases.filter(({ name }) => isLatePeerThere || name !== LATE_PEER_RATE)) {
      const what = `${one.name} of ${memberId} from ${(from - RECORDED_FROM) / 1_000} by ${step / 1_000}`
      const { [memberId]: series } = body.series
      expectClose(
        `${agg} of ${what}`,
        series[one.name],
        oracle.values(one, agg === 'default' ? one.usual : agg),
      )
      const band = body.band[memberId][one.name]
      expectClose(`least ${what}`, band.min, oracle.values(one, 'min'))
      expectClose(`most ${what}`, band.max, oracle.values(one, 'max'))
      const stats = body.stats[memberId][one.name]
      for (const name of AGGREGATES)
        expectClose(`${name} of all ${what}`, [stats[name]], [oracle.whole(one, name)])
      const lasts = oracle.values(one, 'last')
      const newest = lasts.findLastIndex((value) => !Number.isNaN(value))
      expect([what, stats.last_time]).toEqual([what, newest < 0 ? null : body.times[newest]])
      const counts = body.counts[memberId][one.name]
      if (one.observations) expectClose(`observations of ${what}`, counts, oracle.observations(one))
      else expect([what, counts]).toEqual([what, undefined])
    }
  }
}

describe('metrics.md 3.10 against the definitions, tick by tick', () => {
  it.each(['default', ...AGGREGATES] as const)('has %s of every kind', async (agg) => {
    const window = { from: RECORDED_FROM, to: END, part: RECORDED_INTERVAL }
    await expectWindow(store.reader, { ...window, step: 300_000 }, agg)
    await expectWindow(store.reader, { ...window, step: 30_000 }, agg)
  })

  it('has the same at every seam: windows that begin and end at each tick', async () => {
    for (let first = -2; first < RECORDED_TICKS; first += 9) {
      const from = RECORDED_FROM + first * RECORDED_INTERVAL
      const part = RECORDED_INTERVAL
      await expectWindow(store.reader, { from, to: from + 10 * 90_000, step: 90_000, part }, 'max')
    }
  })
})

describe('metrics.md 3.10 over coarse parts', () => {
  const coarse = (): MetricsReader => ({ ...store.reader, limits: { ticks: 20, parts: 5_000_000 } })

  it.each(['default', ...AGGREGATES] as const)('has %s of every kind', async (agg) => {
    const window = { from: RECORDED_FROM, to: END, part: 300_000 }
    await expectWindow(coarse(), { ...window, step: 900_000 }, agg)
    await expectWindow(coarse(), { ...window, step: 300_000 }, agg)
  })

  it('has the same at every seam', async () => {
    for (let first = -10; first < RECORDED_TICKS; first += 20) {
      const from = RECORDED_FROM + first * RECORDED_INTERVAL
      await expectWindow(coarse(), { from, to: from + 3_600_000, step: 600_000, part: 300_000 }, 'min')
    }
  })

  it('takes a step that is no multiple of five minutes as its part', async () => {
    const step = 420_000
    const from = Math.floor(RECORDED_FROM / step) * step
    await expectWindow(coarse(), { from, to: from + 10 * step, step, part: step }, 'max')
  })
})

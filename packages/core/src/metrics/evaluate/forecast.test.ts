import { describe, expect, it } from 'vitest'
import { planWindow } from '../slots/plan-window.ts'
import { gaugeSlots, metricNamed, orNull, vector } from '../vectors.contract.ts'
import {
  FORECAST_POINTS,
  FORECAST_STEP,
  forecastSlots,
  forecastStats,
  type GrowthPoint,
  growth,
  hoursToQuota,
} from './forecast.ts'

interface Input {
  readonly points: readonly GrowthPoint[]
  readonly quota: number
}
interface Wanted {
  readonly bytes_per_hour: number | null
  readonly hours_to_quota: number | null
}
const GROWTH = metricNamed('etcd_mvcc_db_growth_bytes_per_hour')
const HOURS = metricNamed('etcd_mvcc_db_hours_to_quota')
const line = (count: number, perPoint: number, from = 0): GrowthPoint[] =>
  Array.from({ length: count }, (_, i) => [300 * i + 150, from + perPoint * i])

it('looks back as far, and ahead as far, as the catalogue says', () => {
  expect((FORECAST_POINTS * FORECAST_STEP) / 1_000).toBe(GROWTH.params.window_s)
  expect(hoursToQuota(line(4, 0), 1)).toBe(HOURS.params.max)
})

describe('growth', () => {
  it.each(['growth', 'growth-after-defrag', 'growth-too-short', 'growth-flat'])('%s', (id) => {
    const { input, expect: wanted } = vector<Input, Wanted>(id)
    const got = [growth(input.points), hoursToQuota(input.points, input.quota)]
    for (const [i, value] of [wanted.bytes_per_hour, wanted.hours_to_quota].entries())
      if (value === null) expect(got[i]).toBeUndefined()
      else expect(got[i]).toBeCloseTo(value, 6)
  })

  it('needs three points and ten minutes', () => {
    expect(growth(line(3, 1))).toBeCloseTo(12, 9)
    expect(growth(line(2, 1))).toBeUndefined()
    expect(
      growth([
        [150, 1],
        [151, 2],
        [152, 3],
      ]),
    ).toBeUndefined()
  })

  it('goes on through a fall of one percent and begins anew after a larger one', () => {
    expect(growth([...line(3, 0, 1_000), [1_050, 990]])).toBeLessThan(0)
    expect(growth([...line(3, 0, 1_000), [1_050, 989]])).toBeUndefined()
  })
})

describe('hours to the quota', () => {
  it('are not known while the quota is off or unknown', () => {
    for (const quota of [0, -1, undefined]) expect(hoursToQuota(line(4, 1), quota)).toBeUndefined()
  })

  it('are 0 at the quota, growing or not, and a year at most', () => {
    expect(hoursToQuota(line(4, 1, 100), 50)).toBe(0)
    expect(hoursToQuota(line(4, 0, 100), 100)).toBe(0)
    expect(hoursToQuota(line(4, 1e-9, 100), 1e12)).toBe(8_760)
    expect(hoursToQuota(line(4, -0.1, 100), 200)).toBe(8_760)
  })
})

describe('forecasts of a window', () => {
  const sizes = Array.from({ length: 60 }, (_, i) => 1_000 + i)
  const history = {
    from: 0,
    series: [
      gaugeSlots('db_total', sizes),
      gaugeSlots(
        'quota_bytes',
        sizes.map((_, i) => (i < 55 ? 2_000 : 0)),
      ),
    ],
  }
  const window = (from: number, to: number, step: number) =>
    planWindow({ from, to, step, interval: 1_000, names: 1, members: 1 })
  const SLOT = FORECAST_STEP

  it('are evaluated at the end of each slot, from no sample after it', () => {
    const slots = window(0, 4 * SLOT, SLOT)
    expect(
      orNull(forecastSlots(GROWTH, history, slots, 60 * SLOT)).map((one) => one && Math.round(one)),
    ).toEqual([null, null, 12, 12])
  })

  it('end with the newest tick', () => {
    const slots = window(56 * SLOT, 64 * SLOT, 2 * SLOT)
    const until = 59.5 * SLOT
    const values = forecastSlots(GROWTH, history, slots, until)
    expect(orNull(values).map((one) => one && Math.round(one))).toEqual([12, 12, null, null])
    const stats = forecastStats(values, slots, until)
    expect(stats.lastTime).toBe(58 * SLOT)
    for (const agg of ['min', 'max', 'avg', 'last'] as const) expect(stats[agg]).toBeCloseTo(12, 9)
    expect(forecastStats(values, slots, 200 * SLOT).lastTime).toBeNaN()
  })

  it('take the last quota there is', () => {
    const slots = window(54 * SLOT, 56 * SLOT, SLOT)
    const [before, after] = forecastSlots(HOURS, history, slots, 60 * SLOT)
    expect(before).toBeCloseTo((2_000 - 1_054) / 12, 6)
    expect(after).toBeNaN()
  })

  it('look back four hours, no further', () => {
    const early = Array.from({ length: 60 }, (_, i) => (i < 12 ? 1_000 : 5_000))
    const [value] = forecastSlots(
      GROWTH,
      { from: 0, series: [gaugeSlots('db_total', early)] },
      window(59 * SLOT, 60 * SLOT, SLOT),
      60 * SLOT,
    )
    expect(value).toBe(0)
    const [none] = forecastSlots(GROWTH, { from: 0, series: [] }, window(0, SLOT, SLOT), SLOT)
    expect(none).toBeNaN()
  })
})

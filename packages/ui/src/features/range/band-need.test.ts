import { expect, it } from 'vitest'
import { aPanel, aWindow } from '../../../test/answers.ts'
import { bandOf, withBands } from './band-need.ts'
import type { RangeScope } from './range-batch.ts'

const scope = (range: string, step?: number): RangeScope => ({
  member: 'all',
  window: { kind: 'last', range },
  interval: 10,
  members: 3,
  ...(step !== undefined && { step }),
})
const [p50] = aPanel('chartWALFsync').series
const [lag] = aPanel('chartProposalLag').series
const [total] = aPanel('chartDBSize').series

it('asks for extremes of quantiles and bands alone, and only where slots hold several scrapes', () => {
  expect(withBands(scope('1h'), p50 ? [p50] : [])).toMatchObject({ withBand: true })
  expect(withBands(scope('1h'), lag ? [lag] : [])).toMatchObject({ withBand: true })
  expect(withBands(scope('1h'), total ? [total] : [])).toEqual(scope('1h'))
  expect(withBands(scope('10m'), p50 ? [p50] : [])).toEqual(scope('10m'))
  expect(withBands(scope('10m', 60), p50 ? [p50] : [])).toMatchObject({ withBand: true })
})

it('fills a band, and tops a quantile', () => {
  const columns = aWindow({ '7': {} }).members.get('7')
  const band = { min: [1, null], max: [3, null] }
  const metrics = [p50, lag, total].flatMap((one) => (one ? [one.metric] : []))
  const given = columns && { ...columns, bands: new Map(metrics.map((metric) => [metric, band])) }
  expect(p50 && bandOf(p50, given)).toEqual({ max: [3, null], top: 3 })
  expect(lag && bandOf(lag, given)).toEqual({ min: [1, null], max: [3, null], top: 3 })
  expect(total && bandOf(total, given)).toBeUndefined()
  expect(p50 && bandOf(p50, columns)).toBeUndefined()
})

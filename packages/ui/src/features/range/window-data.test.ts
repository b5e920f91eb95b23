import { describe, expect, it } from 'vitest'
import type { RangeAnswer } from '../../api/answers.ts'
import { spanOf, toWindowData } from './window-data.ts'

const stats = { min: 1, max: 2, avg: 1.5, last: 2, last_time: 130 }
const one = {
  start: 100,
  end: 160,
  step: 30,
  resolution: 10,
  member_id: '7',
  times: [100, 130],
  series: { a: [1, null] },
  stats: { a: stats },
  unknown_metrics: [],
} satisfies RangeAnswer
const last = { kind: 'last', range: '1m' } as const

describe('toWindowData', () => {
  it('knows the columns of one member', () => {
    const data = toWindowData(one, last, 150_000)
    expect(data).toMatchObject({
      from: 90_000,
      to: 150_000,
      step: 30_000,
      part: 10_000,
      times: [100_000, 130_000],
      at: 150_000,
    })
    expect(data.members.get('7')?.series.get('a')).toEqual([1, null])
    expect(data.members.get('7')?.stats.get('a')).toEqual(stats)
  })

  it('knows the extremes of each slot where they were asked for, of one member and of all', () => {
    const band = { a: { min: [1, null], max: [3, null] } }
    expect(toWindowData(one, last, 150_000).members.get('7')?.bands.size).toBe(0)
    const single = toWindowData({ ...one, band } as RangeAnswer, last, 150_000)
    expect(single.members.get('7')?.bands.get('a')).toEqual(band.a)
    const all = { ...one, member_id: 'all', series: { '7': one.series }, stats: {}, band: { '7': band } }
    const { members } = toWindowData(all as RangeAnswer, last, 150_000)
    expect(members.get('7')?.bands.get('a')).toEqual(band.a)
  })

  it('knows the columns of all members', () => {
    const all = {
      ...one,
      member_id: 'all' as const,
      series: { '7': { a: [1, 2] }, '8': { a: [3, 4] } },
      stats: {},
    }
    const { members } = toWindowData(all, last, 150_000)
    expect([...members.keys()]).toEqual(['7', '8'])
    expect(members.get('8')?.series.get('a')).toEqual([3, 4])
    expect(members.get('8')?.stats.size).toBe(0)
  })

  it.each([
    [100_000, 130_000],
    [145_000, 145_000],
    [999_000, 160_000],
  ])('ends a live window at %d where the clock says so, but in the last slot: %d', (now, to) => {
    expect(toWindowData(one, last, now)).toMatchObject({ from: to - 60_000, to })
  })

  it('shows a fixed window as it was asked for', () => {
    const fixed = { kind: 'fixed', start: 105, end: 155 } as const
    expect(toWindowData(one, fixed, 999_000)).toMatchObject({ from: 105_000, to: 155_000 })
  })
})

it('spans a live window back from now', () => {
  expect(spanOf({ kind: 'last', range: '5m' }, 1_000_000)).toEqual({ from: 700_000, to: 1_000_000 })
})

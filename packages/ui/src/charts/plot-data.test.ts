import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aLine } from '../../test/a-chart.ts'
import type { ChartColumns, ChartSeries } from './chart-columns.ts'
import { singleSamples, toPlotData } from './plot-data.ts'

const line = (values: readonly (number | null)[]) => aLine('a', values)
const columns = (times: readonly number[], ...series: ChartSeries[]): ChartColumns => ({
  from: 1_000,
  to: 61_000,
  times,
  step: 10_000,
  series,
  silent: [],
  marks: [],
})

describe('toPlotData', () => {
  it('gives aligned columns in seconds, and the window that was asked for', () => {
    expect(toPlotData(columns([0, 10_000, 20_000], line([1, null, 3]), line([4, 5, 6])))).toEqual({
      columns: [
        [0, 10, 20],
        [1, null, 3],
        [4, 5, 6],
      ],
      min: 1,
      max: 61,
    })
  })

  it('makes a gap of everything that is no number, and of what is missing', () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, null]
    expect(toPlotData(columns([0, 1, 2, 3], line(values))).columns[1]).toEqual([null, null, null, null])
  })

  it('keeps the window of a chart without slots', () => {
    expect(toPlotData(columns([], line([]))).columns).toEqual([
      [1, 61],
      [null, null],
    ])
  })
})

describe('singleSamples', () => {
  it.each([
    [
      [1, null, 2, null, null, 3],
      [0, 2, 5],
    ],
    [[1, 2, null, 3], [3]],
    [[1, 2], []],
    [[5], [0]],
    [[Number.NaN, 1, Number.NaN], [1]],
    [[], []],
  ])('finds in %j the indices %j', (values, indices) => {
    expect(singleSamples(values)).toEqual(indices)
  })

  it('and the drawn segments together hold every sample', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer(), { nil: null }), { maxLength: 40 }), (values) => {
        const isSample = (index: number) => (values[index] ?? null) !== null
        const drawn = values.flatMap((_, i) => (isSample(i) && isSample(i + 1) ? [i, i + 1] : []))
        const all = values.flatMap((_, i) => (isSample(i) ? [i] : []))
        expect(new Set([...drawn, ...singleSamples(values)])).toEqual(new Set(all))
      }),
    )
  })
})

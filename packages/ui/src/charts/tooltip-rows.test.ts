import { expect, it } from 'vitest'
import { aLine } from '../../test/a-chart.ts'
import { tooltipRows } from './tooltip-rows.ts'

const line = (key: string, ...values: (number | null)[]) => aLine(key, values)
const keys = (rows: ReturnType<typeof tooltipRows>) => rows.map(({ series }) => series.key)
const series = [line('low', 1), line('gap', null), line('high', 9), line('middle', 5)]

it('puts the largest first, what has no value last, the highlighted above all', () => {
  expect(keys(tooltipRows(series, 0, new Set(), undefined))).toEqual(['high', 'middle', 'low', 'gap'])
  expect(keys(tooltipRows(series, 0, new Set(), 'gap'))).toEqual(['gap', 'high', 'middle', 'low'])
})

it('leaves out what is switched off, and shows at most eight', () => {
  expect(keys(tooltipRows(series, 0, new Set(['high']), undefined))).toEqual(['middle', 'low', 'gap'])
  const many = Array.from({ length: 12 }, (_, i) => line(`line ${i}`, i))
  expect(tooltipRows(many, 0, new Set(), undefined)).toHaveLength(8)
})

it('has no value outside of the slots', () => {
  expect(tooltipRows([line('one', 1)], 7, new Set(), undefined)).toMatchObject([{ value: null }])
})

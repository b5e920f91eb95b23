import fc from 'fast-check'
import { expect, it } from 'vitest'
import { METRICS, type MetricUnit } from '../metrics/catalogue.ts'
import { formatTicks, tickSteps } from './format-ticks.ts'

const units = [...new Set(METRICS.map(({ unit }) => unit))]
const GiB = 1024 ** 3

it.each<[MetricUnit, number[], string[]]>([
  ['bytes', [0, GiB, 2 * GiB, 3 * GiB], ['0', '1 GiB', '2 GiB', '3 GiB']],
  ['bytes', [0, GiB / 2, GiB], ['0', '0.5 GiB', '1.0 GiB']],
  ['bytes_per_second', [0, 65_536, 131_072], ['0', '64 KiB/s', '128 KiB/s']],
  ['seconds', [0, 0.005, 0.01], ['0', '5 ms', '10 ms']],
  ['seconds', [0, 0.00025, 0.0005], ['0', '250 µs', '500 µs']],
  ['seconds', [0, 50, 100], ['0', '50 s', '100 s']],
  ['seconds', [0, 60, 120], ['0', '1 m', '2 m']],
  ['per_second', [0, 500, 1_000], ['0', '0.5K/s', '1.0K/s']],
  ['per_second', [0, 2.5, 5], ['0', '2.5/s', '5.0/s']],
  ['count', [0, 1_000_000, 2_000_000], ['0', '1M', '2M']],
  ['percent', [0, 20, 40], ['0', '20 %', '40 %']],
  ['bool', [0, 0.5, 1], ['0', '50 %', '100 %']],
  ['ratio', [0.7], ['70 %']],
  ['ratio', [0.155], ['15.5 %']],
  ['seconds', [0, 300, 600, 900], ['0', '5 m', '10 m', '15 m']],
  ['count', [], []],
])('labels %s %j with %j', (unit, ticks, labels) => {
  expect(formatTicks(unit, ticks)).toEqual(labels)
})

it('keeps neighbouring ticks apart in every unit', () => {
  const step = fc
    .constantFrom(1, 2, 2.5, 5)
    .chain((n) => fc.integer({ min: -4, max: 9 }).map((p) => n * 10 ** p))
  fc.assert(
    fc.property(fc.constantFrom(...units), step, fc.integer({ min: 2, max: 6 }), (unit, apart, count) => {
      const labels = formatTicks(
        unit,
        Array.from({ length: count }, (_, i) => i * apart),
      )
      expect(new Set(labels).size).toBe(count)
    }),
  )
})

it('puts byte ticks at powers of two and leaves other units to the chart', () => {
  expect(tickSteps('bytes')?.slice(0, 4)).toEqual([1, 2, 4, 8])
  expect(tickSteps('count')).toBeUndefined()
})

it('puts ticks of seconds at round numbers of the unit that they are labelled in', () => {
  const steps = tickSteps('seconds') ?? []
  expect(steps).toEqual(steps.toSorted((one, other) => one - other))
  expect(steps.filter((step) => step >= 5 && step < 90_000)).toEqual([
    ...[5, 10, 20, 30, 60, 120, 300, 600, 900, 1_800],
    ...[3_600, 7_200, 10_800, 21_600, 43_200, 86_400],
  ])
  for (const step of steps) {
    const labels = formatTicks('seconds', [0, step, 2 * step, 3 * step])
    expect(labels.join(' '), `${step}`).not.toMatch(/\.\d{2}/)
  }
})

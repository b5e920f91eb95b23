import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MetricUnit } from '../metrics/catalogue.ts'
import data from '../metrics/fixtures/metrics-data.json' with { type: 'json' }
import { formatExact, formatValue } from './format-value.ts'

const units: readonly MetricUnit[] = [
  'bool',
  'count',
  'per_second',
  'bytes',
  'bytes_per_second',
  'bytes_per_hour',
  'seconds',
  'ratio',
  'percent',
  'hours',
  'revision',
  'index',
  'term',
  'timestamp',
]
/** Their forms are words of the specification, not vectors. */
const WITHOUT_VECTORS = ['bool', 'revision', 'index', 'term', 'timestamp']
const vectors = data.formats.flatMap(({ unit, examples }) =>
  units
    .filter((known) => known === unit)
    .flatMap((known) => examples.map(([value, text]) => ({ known, value, text }))),
)

describe('formatValue', () => {
  it.each(vectors)('prints $value as $text in $known', ({ known, value, text }) => {
    expect(formatValue(known, Number(value))).toBe(text)
  })

  it('has vectors for every unit that has a form of its own', () => {
    expect(new Set(vectors.map(({ known }) => known))).toEqual(
      new Set(units.filter((unit) => !WITHOUT_VECTORS.includes(unit))),
    )
  })

  it.each<[MetricUnit, number, string]>([
    ['bytes', 1_048_575, '1 MiB'],
    ['bytes', -1536, '-1.5 KiB'],
    ['bytes', 1e18, '888.18 PiB'],
    ['count', 999.996, '1.0K'],
    ['count', 999_960, '1.0M'],
    ['count', 2_000, '2.0K'],
    ['per_second', 0.99996, '1/s'],
    ['per_second', 0.00001, '0/s'],
    ['seconds', 0.0009996, '1.00 ms'],
    ['seconds', 0.999996, '1.000 s'],
    ['seconds', 119.9996, '2 m'],
    ['seconds', 3_599.6, '1 h'],
    ['seconds', 86_399, '1 d'],
    ['seconds', 0.000012, '12 µs'],
    ['hours', 0.01, '0 h'],
    ['hours', 8_759.99, '364 d 23 h'],
    ['revision', 1_050_233, '1050233'],
    ['revision', -1, '-1'],
    ['index', 53_114.6, '53115'],
    ['term', 3, '3'],
    ['timestamp', 1_790_000_000, '2026-09-21 14:13:20 UTC'],
    ['ratio', -0.5, '-50.00 %'],
    ['bool', 1, 'yes'],
    ['bool', 0, 'no'],
    ['bool', 0.5, '50.00 %'],
  ])('carries over what rounding fills up: %s %d is %s', (unit, value, text) => {
    expect(formatValue(unit, value)).toBe(text)
  })

  it.each([null, undefined, Number.NaN, Number.POSITIVE_INFINITY])(
    'prints %s as a dash in every unit',
    (value) => {
      for (const unit of units) {
        expect(formatValue(unit, value)).toBe('-')
        expect(formatExact(unit, value)).toBe('-')
      }
    },
  )

  it('never prints a number that is not one', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e15, max: 1e15, noNaN: true }),
        fc.constantFrom(...units),
        (value, unit) => {
          expect(formatValue(unit, value)).not.toMatch(/NaN|Infinity|undefined|e\+/)
        },
      ),
    )
  })
})

it.each<[MetricUnit, number, string]>([
  ['count', 1_403_594, '1,403,594'],
  ['per_second', 1_234.5678, '1,234.5678/s'],
  ['per_second', 0.0001234567, '0.000123457/s'],
  ['bytes', 1536, '1.5 KiB'],
])('shows all digits of counts and rates where there is room: %s %d is %s', (unit, value, text) => {
  expect(formatExact(unit, value)).toBe(text)
})

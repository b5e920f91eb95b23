import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextSpan, nextTop, splitLines } from './y-range.ts'

const at = (...values: number[]) => values.map((value) => ({ value }))
const MiB = 1024 ** 2

describe('nextTop', () => {
  it.each([
    [0.0123, 'seconds', 0.015],
    [9.5, 'count', 10],
    [9.6, 'count', 12],
    [130, 'per_second', 150],
    [300 * MiB, 'bytes', 400 * MiB],
    [1000 * MiB, 'bytes', 1.2 * 1024 ** 3],
    [0.4, 'bytes', 0.5],
  ] as const)('rounds the room above %d %s up to %d', (max, unit, top) => {
    expect(nextTop(undefined, max, [], unit)).toBeCloseTo(top, 9)
  })

  it.each(['count', 'bytes', 'seconds', 'percent'] as const)(
    'gives zeros, and nothing, an axis in %s',
    (unit) => {
      expect(nextTop(undefined, 0, [], unit)).toBeGreaterThan(0)
      expect(nextTop(undefined, null, [], unit)).toBe(nextTop(undefined, 0, [], unit))
    },
  )

  it('stays while the values fit and fill 60 % of it', () => {
    expect(nextTop(100, 95, [], 'count')).toBe(100)
    expect(nextTop(100, 60, [], 'count')).toBe(100)
  })

  it('grows at once and shrinks below 60 %', () => {
    expect(nextTop(100, 96, [], 'count')).toBe(120)
    expect(nextTop(100, 59, [], 'count')).toBe(80)
  })

  it('holds a line that the values come near, and no other', () => {
    expect(nextTop(undefined, 5, at(10, 50), 'count')).toBe(12)
    expect(nextTop(undefined, 4.9, at(10, 50), 'count')).toBe(6)
  })

  it('always has room for the largest value, in every unit and after any past', () => {
    const unit = fc.constantFrom(
      'count',
      'bytes',
      'seconds',
      'percent',
      'per_second',
      'bytes_per_second',
      'bool',
    )
    const positive = fc.double({ min: 1e-9, max: 1e15, noNaN: true })
    fc.assert(
      fc.property(fc.option(positive, { nil: undefined }), positive, unit, (previous, max, of) => {
        const top = nextTop(previous, max, [], of)
        expect(top).toBeGreaterThanOrEqual(max)
        expect(top).toBeLessThanOrEqual(Math.max(max * 2.2, 0))
      }),
    )
  })
})

it('splits lines into those drawn and the lowest above', () => {
  expect(splitLines(at(10, 50, 500), 50)).toEqual({ drawn: at(10), next: { value: 50 } })
  expect(splitLines(at(10, 50), 100)).toEqual({ drawn: at(10, 50), next: undefined })
  expect(splitLines([], 1)).toEqual({ drawn: [], next: undefined })
})

describe('nextSpan', () => {
  it('is around the values, not from zero', () => {
    expect(nextSpan(undefined, 1_000, 2_000)).toEqual([950, 2_050])
    expect(nextSpan(undefined, 1_000, 1_000)).toEqual([950, 1_050])
    expect(nextSpan(undefined, 3, 3)).toEqual([2, 4])
    expect(nextSpan(undefined, null, null)).toEqual([0, 1])
  })

  it('stays while the values fit and fill 60 % of it', () => {
    expect(nextSpan([0, 100], 10, 90)).toEqual([0, 100])
    expect(nextSpan([0, 100], 10, 101)[1]).toBeGreaterThan(101)
    expect(nextSpan([0, 100], 50, 90)).toEqual([48, 92])
    expect(nextSpan([0, 100], null, null)).toEqual([0, 100])
  })
})

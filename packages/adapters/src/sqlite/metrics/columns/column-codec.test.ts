import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import vectors from './codec.vectors.json' with { type: 'json' }
import { CorruptColumn } from './column-bytes.ts'
import { decodeColumn, encodeColumn } from './column-codec.ts'
import { joinGroup, splitGroup } from './column-group.ts'

const toValues = (texts: readonly string[]) =>
  Float64Array.from(texts, (text) => (text === '-' ? Number.NaN : Number(text)))
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const toBytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))

/** Values as their bits: NaN is the canonical one, and -0 is not 0. */
const bitsOf = (values: Float64Array) => toHex(new Uint8Array(values.slice().buffer))

describe('the vectors of storage.md 10', () => {
  it.each(vectors.columns)('$id', ({ values, column }) => {
    expect(toHex(encodeColumn(toValues(values)))).toBe(column)
    expect(bitsOf(decodeColumn(toBytes(column), values.length))).toBe(bitsOf(toValues(values)))
  })

  it.each(vectors.refused)('$id: $why', ({ n, column }) => {
    expect(() => decodeColumn(toBytes(column), n)).toThrow(CorruptColumn)
  })

  it('group', () => {
    const columns = [toValues(['3', '3', '3']), toValues(['1', '2', '-']), toValues(['0.5', '0.5', '0.75'])]
    const hex = '010309000000000000000840061101020102020703063fe0801608'
    expect(toHex(joinGroup(columns.map(encodeColumn)))).toBe(hex)
    expect(splitGroup(toBytes(hex)).map((part) => decodeColumn(part, 3))).toEqual(columns)
  })
})

describe('columns', () => {
  it('come back bit-equal, whatever their kind', () => {
    const roundTrip = (values: Float64Array) => {
      expect(bitsOf(decodeColumn(encodeColumn(values), values.length))).toBe(bitsOf(values))
    }
    fc.assert(fc.property(COLUMN, roundTrip), { numRuns: 6_000 })
  })

  it('are never longer than their values as they lie in memory', () => {
    fc.assert(
      fc.property(COLUMN, (values) => {
        expect(encodeColumn(values).length).toBeLessThanOrEqual(1 + 8 * Math.max(1, values.length))
      }),
    )
  })

  it('with a flipped bit are refused, or still n values', () => {
    fc.assert(
      fc.property(COLUMN, fc.nat(), (values, place) => {
        const bytes = encodeColumn(values)
        const bit = place % (bytes.length * 8)
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        expectRefusalOr(values.length, () => decodeColumn(bytes, values.length))
      }),
      { numRuns: 20_000 },
    )
  })

  it('of random bytes are refused, or n values', () => {
    const bytes = fc.tuple(fc.constantFrom(...MODES), fc.uint8Array({ maxLength: 60 }), fc.nat(40))
    fc.assert(
      fc.property(bytes, ([mode, payload, n]) => {
        expectRefusalOr(n, () => decodeColumn(Uint8Array.of(mode, ...payload), n))
      }),
      { numRuns: 20_000 },
    )
  })
})

describe('groups', () => {
  it('give every column back', () => {
    const group = fc
      .integer({ min: 0, max: 12 })
      .chain((n) => fc.array(fc.array(fc.constantFrom(0, 1, 2.5, Number.NaN), LENGTH(n)), { maxLength: 5 }))
    fc.assert(
      fc.property(group, (rows) => {
        const columns = rows.map((row) => Float64Array.from(row))
        const parts = splitGroup(joinGroup(columns.map(encodeColumn)))
        expect(parts.map((part, i) => decodeColumn(part, columns[i]?.length ?? 0))).toEqual(columns)
      }),
    )
  })

  it('of random bytes are refused, or split', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expectRefusalOr(undefined, () => splitGroup(Uint8Array.of(1, ...bytes)))
      }),
      { numRuns: 5_000 },
    )
  })
})

function expectRefusalOr(length: number | undefined, decode: () => { readonly length: number }): void {
  try {
    const decoded = decode()
    if (length !== undefined) expect(decoded.length).toBe(length)
  } catch (error) {
    expect(error).toBeInstanceOf(CorruptColumn)
  }
}

const MODES = [0x00, 0x02, 0x03, 0x13, 0x01, 0x11, 0x21, 0x31, 0x41, 0x51, 0x61, 0x71, 0x81] as const
const LENGTH = (n: number) => ({ minLength: n, maxLength: n })

/** What a store is given, and what it may be given: storage.md 10.3 names nine kinds. */
const VALUE_KINDS: readonly fc.Arbitrary<readonly number[]>[] = [
  fc
    .tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat(40))
    .map(([value, n]) => new Array<number>(n).fill(value)),
  running(fc.constantFrom(0, 0, 0, 0, 0, 1)),
  running(fc.nat(100_000)),
  running(fc.constantFrom(30_000, 30_000, 30_000, 60_000)),
  running(fc.integer({ min: -3, max: 3 })),
  running(fc.double({ min: -1, max: 1, noNaN: true })),
  fc.array(fc.constantFrom(0, -0, 1, 2 ** 50, 2 ** 51, -(2 ** 51), 2 ** 51 + 1, 2 ** 64, 1e300, 5e-324)),
  fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })),
  fc.array(fc.maxSafeInteger()),
]

function running(steps: fc.Arbitrary<number>): fc.Arbitrary<readonly number[]> {
  return fc.array(steps, { maxLength: 60 }).map((all) => {
    let sum = 0
    return all.map((step) => {
      sum += step
      return sum
    })
  })
}

const COLUMN = fc
  .tuple(fc.oneof(...VALUE_KINDS), fc.infiniteStream(fc.nat(3)), fc.boolean())
  .map(([values, gaps, hasGaps]) =>
    Float64Array.from(values, (value) => (hasGaps && gaps.next().value === 0 ? Number.NaN : value)),
  )

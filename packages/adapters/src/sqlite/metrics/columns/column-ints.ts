import { type ByteSource, CorruptColumn, varintSize, writeVarint } from './column-bytes.ts'

/** So that a zigzagged difference, or a second one, stays at most 2^53. */
const LARGEST = 2 ** 51
const LARGEST_SECOND = 2 ** 50
const INT = 0x01
const ZEROS = 0x20
const SECOND = 0x40
const SMALL = 2 ** 30

/** A form of a column's payload: how long it is, before it is written. */
export interface Plan {
  readonly mode: number
  readonly size: number
  write(into: Uint8Array, place: number): void
}

/** The forms of whole numbers, in the order that decides ties (storage.md 4.1); undefined when not all of them are. */
export function planInts(present: Float64Array): readonly Plan[] | undefined {
  let largest = 0
  for (const value of present) {
    if (!Number.isInteger(value) || Object.is(value, -0)) return undefined
    largest = Math.max(largest, Math.abs(value))
  }
  if (largest > LARGEST) return undefined
  const first = firstDifferences(present)
  const plans = [plan(first, INT), plan(first, INT | ZEROS)]
  if (largest > LARGEST_SECOND) return plans
  const second = secondDifferences(present)
  return [...plans, plan(second, INT | SECOND), plan(second, INT | SECOND | ZEROS)]
}

function plan(numbers: Float64Array, mode: number): Plan {
  const hasZeroRuns = (mode & ZEROS) !== 0
  let size = 0
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] ?? 0
    size += varintSize(number)
    if (number !== 0 || !hasZeroRuns) continue
    const run = zerosFrom(numbers, i)
    size += varintSize(run - 1)
    i += run - 1
  }
  return {
    mode,
    size,
    write(into, place) {
      let at = place
      for (let i = 0; i < numbers.length; i++) {
        const number = numbers[i] ?? 0
        at = writeVarint(into, at, number)
        if (number !== 0 || !hasZeroRuns) continue
        const run = zerosFrom(numbers, i)
        at = writeVarint(into, at, run - 1)
        i += run - 1
      }
    },
  }
}

function zerosFrom(numbers: Float64Array, first: number): number {
  let end = first + 1
  while (numbers[end] === 0) end++
  return end - first
}

function firstDifferences(values: Float64Array): Float64Array {
  const numbers = new Float64Array(values.length)
  let before = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0
    numbers[i] = zigzag(value - before)
    before = value
  }
  return numbers
}

function secondDifferences(values: Float64Array): Float64Array {
  const numbers = new Float64Array(values.length)
  let before = 0
  let difference = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0
    numbers[i] = zigzag(i < 2 ? value - before : value - before - difference)
    difference = value - before
    before = value
  }
  return numbers
}

/** @throws CorruptColumn */
export function decodeInts(
  source: ByteSource,
  count: number,
  { hasZeroRuns, isSecond }: { readonly hasZeroRuns: boolean; readonly isSecond: boolean },
): Float64Array {
  const values = new Float64Array(count)
  let value = 0
  let difference = 0
  let zeros = 0
  for (let i = 0; i < count; i++) {
    let number = 0
    if (zeros > 0) zeros--
    else {
      number = source.varint()
      if (number === 0 && hasZeroRuns) zeros = source.varint()
    }
    const step = unzigzag(number)
    difference = isSecond && i >= 2 ? difference + step : step
    value += difference
    values[i] = value
  }
  if (zeros > 0) throw new CorruptColumn('zeros are left over')
  return values
}

const zigzag = (value: number): number => (value >= 0 ? 2 * value : -2 * value - 1)

function unzigzag(number: number): number {
  if (number < SMALL) return (number >>> 1) ^ -(number & 1)
  return number % 2 === 0 ? number / 2 : -(number + 1) / 2
}

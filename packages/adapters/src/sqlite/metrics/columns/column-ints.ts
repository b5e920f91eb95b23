import { CorruptColumn, endOfVarint, varintIn, varintSize, writeVarint } from './column-bytes.ts'

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

/**
 * All of `bytes`. It reads varints itself: most are of one or two bytes, and a call for each takes longer than the rest.
 * @throws CorruptColumn
 */
export function decodeInts(
  bytes: Uint8Array,
  count: number,
  { hasZeroRuns, isSecond }: { readonly hasZeroRuns: boolean; readonly isSecond: boolean },
): Float64Array {
  const values = new Float64Array(count)
  let at = 0
  let value = 0
  let difference = 0
  for (let i = 0; i < count; i++) {
    let number = bytes[at++] ?? BEYOND
    if (number >= 128) {
      const next = bytes[at] ?? BEYOND
      if (next < 128) {
        number += (next - 1) << 7
        at++
      } else {
        const end = endOfVarint(bytes, at - 1)
        number = varintIn(bytes, at - 1, end)
        at = end
      }
    }
    const step = unzigzag(number)
    difference = isSecond && i >= 2 ? difference + step : step
    value += difference
    values[i] = value
    if (number !== 0 || !hasZeroRuns) continue
    const end = endOfVarint(bytes, at)
    const zeros = varintIn(bytes, at, end)
    at = end
    if (zeros >= count - i) throw new CorruptColumn('zeros are left over')
    const last = i + zeros
    while (i < last) {
      i++
      difference = isSecond && i >= 2 ? difference : 0
      value += difference
      values[i] = value
    }
  }
  if (at !== bytes.length) throw new CorruptColumn('bytes are left over')
  return values
}

/** No byte has it: it leads to the long way, which throws. */
const BEYOND = 255

const zigzag = (value: number): number => (value >= 0 ? 2 * value : -2 * value - 1)

function unzigzag(number: number): number {
  if (number < SMALL) return (number >>> 1) ^ -(number & 1)
  return number % 2 === 0 ? number / 2 : -(number + 1) / 2
}

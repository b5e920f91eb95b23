import { type ByteSource, CorruptColumn, varintSize, writeVarint } from './column-bytes.ts'

/** Where values are missing: after `present` values, `missing` of them, and so on (storage.md 4.1). */
export interface RunList {
  /** Pairs, in order: present values since the end of the run before, missing values, at least 1. */
  readonly pairs: readonly number[]
  /** All that are missing. */
  readonly missing: number
}

/** The run list of a column, and how long it is when written. */
export function planRuns(values: Float64Array) {
  const pairs: number[] = []
  let present = 0
  for (let i = 0; i < values.length; ) {
    if (!Number.isNaN(values[i])) {
      present++
      i++
      continue
    }
    let end = i + 1
    while (end < values.length && Number.isNaN(values[end])) end++
    pairs.push(present, end - i)
    present = 0
    i = end
  }
  const numbers = [pairs.length / 2, ...pairs]
  return {
    size: numbers.reduce((sum, number) => sum + varintSize(number), 0),
    write(into: Uint8Array, place: number): void {
      let at = place
      for (const number of numbers) at = writeVarint(into, at, number)
    },
  }
}

/** @throws CorruptColumn when the runs go beyond `n` values */
export function readRuns(source: ByteSource, n: number): RunList {
  const pairs: number[] = []
  let left = n
  let missing = 0
  for (let runs = source.varint(); runs > 0; runs--) {
    const present = source.varint()
    const length = source.varint()
    left -= present + length
    if (length === 0 || left < 0) throw new CorruptColumn(`a run goes beyond ${n} values`)
    pairs.push(present, length)
    missing += length
  }
  return { pairs, missing }
}

/** The present values at their places among `n`, NaN elsewhere. */
export function spread(present: Float64Array, { pairs }: RunList, n: number): Float64Array {
  const values = new Float64Array(n)
  let at = 0
  let next = 0
  for (let i = 0; i < pairs.length; i += 2) {
    const count = pairs[i] ?? 0
    const length = pairs[i + 1] ?? 0
    values.set(present.subarray(next, next + count), at)
    values.fill(Number.NaN, at + count, at + count + length)
    next += count
    at += count + length
  }
  values.set(present.subarray(next), at)
  return values
}

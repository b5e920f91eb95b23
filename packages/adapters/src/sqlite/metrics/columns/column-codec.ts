import { CorruptColumn, readBytes } from './column-bytes.ts'
import { decodeInts, type Plan, planInts } from './column-ints.ts'
import { planRuns, readRuns, spread } from './column-runs.ts'
import { decodeXor, encodeXor } from './column-xor.ts'

/** The first byte of a column (storage.md 4.1); the others are flags of INT and XOR. */
const CONST = 0x00
const INT = 0x01
const RAW = 0x02
const XOR = 0x03
const RUNS = 0x10
const ZEROS = 0x20
const SECOND = 0x40

/** One column: doubles, NaN = missing, without ±Infinity. Two encoders write the same bytes: the smallest form wins, RAW winning ties. */
export function encodeColumn(values: Float64Array): Uint8Array {
  const [first = Number.NaN] = values
  if (values.every((value) => Object.is(value, first))) return encodeConst(first)
  const present = values.filter((value) => !Number.isNaN(value))
  const runs = present.length < values.length ? planRuns(values) : undefined
  const plans = planInts(present) ?? [planXor(present)]
  let best = plans[0]
  for (const plan of plans) if (plan.size < (best?.size ?? 0)) best = plan
  const runsSize = runs?.size ?? 0
  if (!best || runsSize + best.size >= 8 * values.length) return encodeRaw(values)
  const bytes = new Uint8Array(1 + runsSize + best.size)
  bytes[0] = best.mode | (runs ? RUNS : 0)
  runs?.write(bytes, 1)
  best.write(bytes, 1 + runsSize)
  return bytes
}

/** Bit-equal to what was encoded. @throws CorruptColumn for bytes that are no column of `n` values */
export function decodeColumn(bytes: Uint8Array, n: number): Float64Array {
  const source = readBytes(bytes)
  const mode = source.byte()
  const kind = mode & 0x0f
  if (mode === CONST) return new Float64Array(n).fill(doublesOf(source.rest(), 1)[0] ?? 0)
  if (mode === RAW) return doublesOf(source.rest(), n)
  const isInt = kind === INT && (mode & ~(RUNS | ZEROS | SECOND)) === INT
  if (!isInt && mode !== XOR && mode !== (XOR | RUNS)) throw new CorruptColumn(`mode ${mode} is unknown`)
  const runs = mode & RUNS ? readRuns(source, n) : undefined
  const count = n - (runs?.missing ?? 0)
  const present = isInt
    ? decodeInts(source.rest(), count, { hasZeroRuns: (mode & ZEROS) !== 0, isSecond: (mode & SECOND) !== 0 })
    : decodeXor(source.rest(), count)
  return runs ? spread(present, runs, n) : present
}

function planXor(present: Float64Array): Plan {
  const payload = encodeXor(present)
  return { mode: XOR, size: payload.length, write: (into, place) => into.set(payload, place) }
}

function encodeConst(value: number): Uint8Array {
  const bytes = new Uint8Array(9)
  new DataView(bytes.buffer).setFloat64(1, value || value === 0 ? value : Number.NaN, true)
  return bytes
}

function encodeRaw(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(1 + 8 * values.length)
  bytes[0] = RAW
  const view = new DataView(bytes.buffer)
  for (const [i, value] of values.entries())
    view.setFloat64(1 + 8 * i, Number.isNaN(value) ? Number.NaN : value, true)
  return bytes
}

function doublesOf(bytes: Uint8Array, n: number): Float64Array {
  if (bytes.length !== 8 * n) throw new CorruptColumn(`${bytes.length} bytes are not ${n} doubles`)
  return new Float64Array(bytes.slice().buffer)
}

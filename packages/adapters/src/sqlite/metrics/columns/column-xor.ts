import { CorruptColumn } from './column-bytes.ts'

/** The control byte of a value that equals the one before. */
const SAME = 0x80
const LONGEST = 9

/** Each value's bits XOR those of the value before; the zero bytes at both ends are left out (storage.md 4.1). */
export function encodeXor(values: Float64Array): Uint8Array {
  const into = new Uint8Array(values.length * LONGEST)
  const words = new Uint32Array(values.slice().buffer) // low word first: Node runs on little-endian machines alone
  let at = 0
  let high = 0
  let low = 0
  for (let i = 0; i < values.length; i++) {
    const h = (words[2 * i + 1] ?? 0) ^ high
    const l = (words[2 * i] ?? 0) ^ low
    high ^= h
    low ^= l
    at = writeBits(into, at, h, l)
  }
  return into.subarray(0, at)
}

function writeBits(into: Uint8Array, place: number, high: number, low: number): number {
  let at = place
  if ((high | low) === 0) {
    into[at++] = SAME
    return at
  }
  const leading = high === 0 ? 4 + (Math.clz32(low) >> 3) : Math.clz32(high) >> 3
  const trailing = low === 0 ? 4 + zeroBytesBelow(high) : zeroBytesBelow(low)
  into[at++] = (leading << 4) | trailing
  for (let k = leading; k < 8 - trailing; k++) into[at++] = byteOf(high, low, k)
  return at
}

/** Of a word that is not 0. */
const zeroBytesBelow = (word: number): number => (31 - Math.clz32(word & -word)) >> 3

/** The k-th of eight bytes, the highest first. */
const byteOf = (high: number, low: number, k: number): number =>
  ((k < 4 ? high : low) >>> (24 - 8 * (k & 3))) & 0xff

/** All of `bytes`. @throws CorruptColumn */
export function decodeXor(bytes: Uint8Array, count: number): Float64Array {
  const values = new Float64Array(count)
  const words = new Uint32Array(values.buffer)
  let at = 0
  let high = 0
  let low = 0
  for (let i = 0; i < count; i++) {
    const control = bytes[at++] ?? 0xff
    if (control !== SAME) {
      const end = 8 - (control & 0x0f)
      let k = control >> 4
      if (k >= end) throw new CorruptColumn('a value has no bytes between its zeros')
      if (at + end - k > bytes.length) throw new CorruptColumn('a value goes beyond the end')
      for (; k < end && k < 4; k++) high ^= (bytes[at++] ?? 0) << (24 - 8 * k)
      for (; k < end; k++) low ^= (bytes[at++] ?? 0) << (56 - 8 * k)
    }
    words[2 * i] = low
    words[2 * i + 1] = high
  }
  if (at !== bytes.length) throw new CorruptColumn('bytes are left over')
  return values
}

const DECODE_FAILED = 'the reply of KV.Range cannot be read'
/** Groups of 7 bits that a double holds exactly. */
const EXACT_GROUPS = 7

/** Where a reader stands in protobuf bytes. */
export interface Wire {
  readonly bytes: Uint8Array
  at: number
  readonly end: number
}

/** A varint that is known to be small: a tag, a length, a flag. @throws RangeError beyond 2^49 or the end */
export function readSmall(wire: Wire): number {
  const byte = wire.at < wire.end ? wire.bytes[wire.at] : undefined
  if (byte !== undefined && byte < 0x80) {
    wire.at += 1 // most are of one byte, and there are ten of them in a key
    return byte
  }
  const start = wire.at
  const value = Number(readInteger(wire))
  if (wire.at - start > EXACT_GROUPS) throw new RangeError(DECODE_FAILED)
  return value
}

/** An unsigned 64-bit varint as decimal text. @throws RangeError beyond the end, or 10 bytes */
export function readInteger(wire: Wire): string {
  const start = wire.at
  let value = 0
  let scale = 1
  for (;;) {
    if (wire.at >= wire.end || wire.at - start >= 10) throw new RangeError(DECODE_FAILED)
    const byte = wire.bytes[wire.at] ?? 0
    wire.at += 1
    value += (byte & 0x7f) * scale
    scale *= 128
    if (byte < 0x80) break
  }
  return wire.at - start <= EXACT_GROUPS ? String(value) : readLarge(wire.bytes, start, wire.at)
}

function readLarge(bytes: Uint8Array, start: number, end: number): string {
  let value = 0n
  for (let at = end - 1; at >= start; at -= 1) value = (value << 7n) | BigInt((bytes[at] ?? 0) & 0x7f)
  return BigInt.asUintN(64, value).toString()
}

/** The bytes of a length-delimited field, as a view. @throws RangeError beyond the end */
export function readBytes(wire: Wire): Uint8Array {
  const from = passBytes(wire)
  return wire.bytes.subarray(from, wire.at)
}

/** Behind a length-delimited field; where its bytes begin. @throws RangeError beyond the end */
export function passBytes(wire: Wire): number {
  const length = readSmall(wire)
  const from = wire.at
  if (length > wire.end - from) throw new RangeError(DECODE_FAILED)
  wire.at = from + length
  return from
}

/** Behind a field of this wire type that nobody wants. @throws RangeError for a type that protobuf 3 does not have */
export function skipField(wire: Wire, type: number): void {
  if (type === 0) readInteger(wire)
  else if (type === 2) passBytes(wire)
  else if (type === 1 || type === 5) {
    wire.at += type === 1 ? 8 : 4
    if (wire.at > wire.end) throw new RangeError(DECODE_FAILED)
  } else throw new RangeError(DECODE_FAILED)
}

/** Of all bytes, or of those from `at` to `end`. */
export const openWire = (bytes: Uint8Array, at = 0, end = bytes.length): Wire => ({ bytes, at, end })

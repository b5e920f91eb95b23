/** Bytes that are no column, group or row body of storage.md 4: the only error of a decoder. */
export class CorruptColumn extends Error {
  override name = 'CorruptColumn'
}

const LONGEST_VARINT = 8
const SMALL = 2 ** 31

/** Reads forward and never past the end. @throws CorruptColumn in every method */
export interface ByteSource {
  byte(): number
  /** At most 2^56; exact up to 2^53, and no larger one is written. */
  varint(): number
  bytes(length: number): Uint8Array
  /** What is left. */
  rest(): Uint8Array
  /** @throws CorruptColumn when bytes are left over */
  end(): void
}

export function readBytes(bytes: Uint8Array): ByteSource {
  let at = 0
  const byte = () => {
    const next = bytes[at++]
    if (next === undefined) throw new CorruptColumn('a value goes beyond the end')
    return next
  }
  const take = (length: number) => {
    if (length > bytes.length - at) throw new CorruptColumn('a part goes beyond the end')
    at += length
    return bytes.subarray(at - length, at)
  }
  return {
    byte,
    varint() {
      let part = byte()
      if (part < 128) return part
      let value = part - 128
      for (let i = 1, scale = 128; i < LONGEST_VARINT; i++, scale *= 128) {
        part = byte()
        if (part < 128) return value + part * scale
        value += (part - 128) * scale
      }
      throw new CorruptColumn('a varint is longer than 8 bytes')
    },
    bytes: take,
    rest: () => take(bytes.length - at),
    end() {
      if (at !== bytes.length) throw new CorruptColumn('bytes are left over')
    },
  }
}

/** How many bytes a varint takes. */
export function varintSize(value: number): number {
  let size = 1
  for (let left = value; left >= 128; left = Math.floor(left / 128)) size++
  return size
}

/** Writes a whole number from 0 to 2^53, least significant group first, and gives the place behind it. */
export function writeVarint(into: Uint8Array, place: number, value: number): number {
  let at = place
  let left = value
  for (; left >= SMALL; left = Math.floor(left / 128)) into[at++] = (left % 128) | 128
  for (; left >= 128; left >>>= 7) into[at++] = (left & 127) | 128
  into[at++] = left
  return at
}

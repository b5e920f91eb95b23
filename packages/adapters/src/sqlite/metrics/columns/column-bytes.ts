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
      const end = endOfVarint(bytes, at)
      const value = varintIn(bytes, at, end)
      at = end
      return value
    },
    bytes: take,
    rest: () => take(bytes.length - at),
    end() {
      if (at !== bytes.length) throw new CorruptColumn('bytes are left over')
    },
  }
}

/** The place behind the varint that begins at `at`. @throws CorruptColumn */
export function endOfVarint(bytes: Uint8Array, at: number): number {
  let last = at
  while ((bytes[last] ?? 0) >= 128) last++
  if (last >= bytes.length) throw new CorruptColumn('a value goes beyond the end')
  if (last - at >= LONGEST_VARINT) throw new CorruptColumn('a varint is longer than 8 bytes')
  return last + 1
}

/** The varint in the bytes `[at, end)`. */
export function varintIn(bytes: Uint8Array, at: number, end: number): number {
  let value = 0
  for (let i = end - 1; i >= at; i--) value = value * 128 + ((bytes[i] ?? 0) & 127)
  return value
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

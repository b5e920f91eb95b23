/** JSON text as UTF-8 in one buffer: no string is made of what is written. */
export interface JsonBytes {
  /** Characters below 128, as they are. */
  ascii(text: string): void
  /** As they are. */
  raw(bytes: Uint8Array): void
  /** The bytes in quotes. False, and nothing written, where they are no ASCII or hold what JSON escapes. */
  quote(bytes: Uint8Array): boolean
  /** What was written since the last call. */
  take(): Uint8Array<ArrayBuffer>
  size(): number
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** `room`: bytes that are expected between two calls of `take`; it grows beyond. */
export function createJsonBytes(room: number): JsonBytes {
  let bytes = new Uint8Array(room)
  let length = 0

  function makeRoom(more: number): void {
    if (length + more <= bytes.length) return
    const larger = new Uint8Array(Math.max(2 * bytes.length, length + more))
    larger.set(bytes.subarray(0, length))
    bytes = larger
  }

  return {
    ascii(text) {
      makeRoom(text.length)
      for (let at = 0; at < text.length; at += 1) bytes[length + at] = text.charCodeAt(at)
      length += text.length
    },
    raw(some) {
      makeRoom(some.length)
      bytes.set(some, length)
      length += some.length
    },
    quote(some) {
      const size = some.length
      makeRoom(size + 2)
      const from = length + 1
      for (let at = 0; at < size; at += 1) {
        const byte = some[at] ?? 0
        if (byte < 0x20 || byte > 0x7f || byte === QUOTE || byte === BACKSLASH) return false
        bytes[from + at] = byte
      }
      bytes[length] = QUOTE
      bytes[from + size] = QUOTE
      length += size + 2
      return true
    },
    take() {
      const taken = bytes.slice(0, length)
      length = 0
      return taken
    },
    size: () => length,
  }
}

/**
 * What a proxy does with the bytes of one direction. Counts begin where a connection takes the mode.
 *
 * | mode | effect |
 * | --- | --- |
 * | pass | forwards |
 * | stall | forwards nothing from now on, also after a later mode |
 * | delay | each chunk arrives `ms`, and up to `jitterMs` more, later; order is kept |
 * | rate | at most so many bytes a second |
 * | cutAfter | forwards so many bytes, then ends the connection (FIN) |
 * | resetAfter | forwards so many bytes, then resets the connection (RST) |
 * | closeAfterHeaders | forwards up to the first empty line of HTTP, then FIN |
 * | flip | the byte at `offset` is XORed with `mask` |
 */
export type LaneMode =
  | { readonly mode: 'pass' }
  | { readonly mode: 'stall' }
  | { readonly mode: 'delay'; readonly ms: number; readonly jitterMs?: number }
  | { readonly mode: 'rate'; readonly bytesPerSecond: number }
  | { readonly mode: 'cutAfter'; readonly bytes: number }
  | { readonly mode: 'resetAfter'; readonly bytes: number }
  | { readonly mode: 'closeAfterHeaders' }
  | { readonly mode: 'flip'; readonly offset: number; readonly mask: number }

export interface Shaped {
  readonly bytes: Buffer
  /** What happens to the connection when these bytes are on their way. */
  readonly end?: 'cut' | 'reset'
}

const END_OF_HEADERS = '\r\n\r\n'

/** The part of a stream that a mode lets through: a function to be called with each chunk, in order. */
export function createShaper(mode: LaneMode): (chunk: Buffer) => Shaped {
  switch (mode.mode) {
    case 'cutAfter':
      return limitBytes(mode.bytes, 'cut')
    case 'resetAfter':
      return limitBytes(mode.bytes, 'reset')
    case 'closeAfterHeaders':
      return keepHeaders()
    case 'flip':
      return flipByte(mode.offset, mode.mask)
    case 'pass':
    case 'stall':
    case 'delay':
    case 'rate':
      return (bytes) => ({ bytes })
  }
}

function limitBytes(limit: number, end: 'cut' | 'reset'): (chunk: Buffer) => Shaped {
  let left = limit
  return (chunk) => {
    const bytes = chunk.subarray(0, left)
    left -= bytes.length
    return left === 0 ? { bytes, end } : { bytes }
  }
}

function keepHeaders(): (chunk: Buffer) => Shaped {
  let before = '' // the empty line may lie across two chunks
  return (chunk) => {
    const text = before + chunk.toString('latin1')
    const at = text.indexOf(END_OF_HEADERS)
    if (at >= 0) return { bytes: chunk.subarray(0, at + END_OF_HEADERS.length - before.length), end: 'cut' }
    before = text.slice(1 - END_OF_HEADERS.length)
    return { bytes: chunk }
  }
}

function flipByte(offset: number, mask: number): (chunk: Buffer) => Shaped {
  let seen = 0
  return (chunk) => {
    const at = offset - seen
    seen += chunk.length
    if (at < 0 || at >= chunk.length) return { bytes: chunk }
    const bytes = Buffer.from(chunk)
    bytes[at] = (bytes[at] ?? 0) ^ mask
    return { bytes }
  }
}

import { promisify } from 'node:util'
import { constants, crc32, deflateRaw, gunzipSync, gzipSync } from 'node:zlib'

const deflate = promisify(deflateRaw)
const OPTIONS = { level: constants.Z_BEST_SPEED }
/** Characters that this thread compresses itself, in less than a millisecond: the way to another and back takes longer where cores are busy. */
const SHORT = 262_144
/** It ends at a byte without ending the stream; and so much room that it comes out at once: for more, its thread would wait for this one. */
const PIECE = { ...OPTIONS, finishFlush: constants.Z_SYNC_FLUSH, chunkSize: SHORT / 4 }
/** Of a gzip stream, as `gzip -1` begins it (RFC 1952). */
const HEAD = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 3)
/** An empty block that is the last one (RFC 1951). */
const LAST_BLOCK = Uint8Array.of(3, 0)

/** Takes the lines of a batch as they are made. */
export interface LinePacker {
  add(lines: readonly string[]): void
  /** As the outbox keeps them: one gzip stream. */
  finish(): Promise<Uint8Array>
}

/**
 * Long batches are compressed piece by piece, each off this thread while the next lines are made: a tick of a hundred members is megabytes of
 * text. Not as streams behind each other: of these a reader passes over all that is not known as one.
 */
export function createLinePacker(): LinePacker {
  const pieces: Promise<Uint8Array>[] = []
  let lines: string[] = []
  let length = 0
  let checksum = 0
  let size = 0

  function closePiece(): void {
    const text = Buffer.from((pieces.length === 0 ? '' : '\n') + lines.join('\n'))
    checksum = crc32(text, checksum)
    size += text.length
    pieces.push(deflate(text, PIECE))
    lines = []
    length = 0
  }

  return {
    add(more) {
      for (const line of more) {
        lines.push(line)
        length += line.length + 1
      }
      if (length > SHORT) closePiece()
    },
    async finish() {
      if (pieces.length === 0) return gzipSync(lines.join('\n'), OPTIONS)
      if (lines.length > 0) closePiece()
      const tail = Buffer.alloc(8)
      tail.writeUInt32LE(checksum, 0)
      tail.writeUInt32LE(size % 2 ** 32, 4)
      return Buffer.concat([HEAD, ...(await Promise.all(pieces)), LAST_BLOCK, tail])
    },
  }
}

/** `[]` for a body that the disk did not keep: its checksum tells. */
export function unpackLines(body: Uint8Array): readonly string[] {
  try {
    return gunzipSync(body).toString().split('\n')
  } catch {
    return []
  }
}

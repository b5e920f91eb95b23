import { createHash } from 'node:crypto'
import { AppError } from '@etcdmonitor/core/errors'

/** One message of etcd's snapshot stream. */
export interface SnapshotMessage {
  readonly blob: Uint8Array
  /** Bytes of the database that follow; a decimal string. The trailing hash is not counted. */
  readonly remaining_bytes: string
}

/** Yields every byte but the last 32 as they come; those only after length and hash were found right. */
export interface SnapshotStream extends AsyncIterable<Uint8Array> {
  /** Exact length of the whole stream, trailing hash included. */
  readonly totalBytes: number
  /** Settles with the iteration: fulfilled only for a whole, verified stream. May be left unawaited. */
  readonly verified: Promise<SnapshotSummary>
}

export interface SnapshotSummary {
  /** Bytes as delivered, trailing hash included. */
  readonly bytes: number
  /** Hex SHA-256 of the database part: equals the trailing 32 bytes. */
  readonly sha256: string
}

/** etcd appends the SHA-256 of the database, whose length is a multiple of its pages. */
const HASH_BYTES = 32
const PAGE_BYTES = 512

/**
 * The stream that begins with `first`, verified while it is passed on (etcd.md 12). Nothing is copied but the bytes that are held back.
 * Iterated once. The iteration rejects with AppError `etcd_corrupt` where length or hash is wrong, else with what `rest` threw.
 */
export function verifySnapshot(first: SnapshotMessage, rest: AsyncIterable<SnapshotMessage>): SnapshotStream {
  const totalBytes = Number(first.remaining_bytes) + first.blob.length + HASH_BYTES
  const { promise: verified, resolve, reject } = Promise.withResolvers<SnapshotSummary>()
  verified.catch(() => undefined) // whoever iterates is told; this may be left unawaited

  async function* deliver(): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256')
    let held: Uint8Array = new Uint8Array(0)
    let received = 0
    try {
      for await (const { blob } of startWith(first, rest)) {
        received += blob.length
        if (received > totalBytes) throw corrupt(`it is longer than the ${totalBytes} bytes announced`)
        const { out, kept } = holdBack(held, blob)
        held = kept
        for (const bytes of out) {
          hash.update(bytes)
          yield bytes
        }
      }
      if (received !== totalBytes) throw corrupt(`${received} of ${totalBytes} bytes came`)
      if (received % PAGE_BYTES !== HASH_BYTES)
        throw corrupt(`${received} bytes are no whole pages and a hash`)
      const sha256 = hash.digest('hex')
      if (sha256 !== Buffer.from(held).toString('hex'))
        throw corrupt('its SHA-256 is not that of what was sent')
      resolve({ bytes: received, sha256 })
      yield held
    } catch (error) {
      reject(error)
      throw error
    } finally {
      reject(corrupt('it was left before its end')) // nothing where it was settled
    }
  }

  return { totalBytes, verified, [Symbol.asyncIterator]: deliver }
}

async function* startWith<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield first
  yield* rest
}

const corrupt = (why: string): AppError => new AppError('etcd_corrupt', `the snapshot is not whole: ${why}`)

/** What may be passed on of `held` and the bytes after it, and the newest 32, copied, for the buffer they came in is not ours. */
function holdBack(held: Uint8Array, next: Uint8Array): { out: readonly Uint8Array[]; kept: Uint8Array } {
  if (next.length >= HASH_BYTES) {
    const cut = next.length - HASH_BYTES
    const out = [held, next.subarray(0, cut)].filter(({ length }) => length > 0)
    return { out, kept: next.slice(cut) }
  }
  const both = Buffer.concat([held, next])
  const cut = Math.max(0, both.length - HASH_BYTES)
  return { out: cut > 0 ? [both.subarray(0, cut)] : [], kept: both.subarray(cut) }
}

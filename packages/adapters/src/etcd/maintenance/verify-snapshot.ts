import { createHash } from 'node:crypto'
import { AppError } from '@etcdmonitor/core/errors'
import { toFailureMessage } from '@etcdmonitor/core/etcd/describe-failure'
import type { SnapshotStream, SnapshotSummary } from '@etcdmonitor/core/ports/etcd-cluster'

/** One message of etcd's snapshot stream. */
export interface SnapshotMessage {
  readonly blob: Uint8Array
  /** Bytes of the database that follow; a decimal string. The trailing hash is not counted. */
  readonly remaining_bytes: string
  /** From etcd 3.6 on, in the first message; else `""`. */
  readonly version?: string
}

/** etcd appends the SHA-256 of the database, whose length is a multiple of its pages. */
const HASH_BYTES = 32
const PAGE_BYTES = 512

/**
 * The stream that begins with `first`, verified while it is passed on (etcd.md 12). Messages are passed on as they came, without a copy,
 * but for the newest ones that hold the last 32 bytes. Iterated once. The iteration rejects with AppError `etcd_corrupt` where length or
 * hash is wrong, else with what `rest` threw.
 */
export function verifySnapshot(first: SnapshotMessage, rest: AsyncIterable<SnapshotMessage>): SnapshotStream {
  const totalBytes = Number(first.remaining_bytes) + first.blob.length + HASH_BYTES
  const { promise: verified, resolve, reject } = Promise.withResolvers<SnapshotSummary>()
  verified.catch(() => undefined) // whoever iterates is told; this may be left unawaited

  async function* deliver(): AsyncGenerator<Uint8Array> {
    const iterator = rest[Symbol.asyncIterator]()
    const hash = createHash('sha256')
    const held = holdBack()
    let received = 0
    try {
      for (let message: SnapshotMessage | undefined = first; message; message = await nextOf(iterator)) {
        received += message.blob.length
        if (received > totalBytes) throw corrupt(`it is longer than the ${totalBytes} bytes announced`)
        for (const bytes of held.add(message.blob)) {
          hash.update(bytes)
          yield bytes
        }
      }
      if (received !== totalBytes) throw corrupt(`${received} of ${totalBytes} bytes came`)
      if (received % PAGE_BYTES !== HASH_BYTES)
        throw corrupt(`${received} bytes are no whole pages and a hash`)
      const last = held.rest()
      const sha256 = hash.update(last.subarray(0, -HASH_BYTES)).digest('hex')
      if (sha256 !== last.subarray(-HASH_BYTES).toString('hex'))
        throw corrupt('its SHA-256 is not that of what was sent')
      resolve({ bytes: received, sha256 })
      yield last
    } catch (error) {
      reject(error)
      throw error
    } finally {
      reject(corrupt('it was left before its end')) // nothing where it was settled
      await iterator.return?.() // also when it was left before `rest` was begun
    }
  }

  return {
    totalBytes,
    verified,
    ...(first.version && { storageVersion: toFailureMessage(first.version).slice(0, 40) }),
    [Symbol.asyncIterator]: deliver,
  }
}

async function nextOf<T>(iterator: AsyncIterator<T>): Promise<T | undefined> {
  const { done, value } = await iterator.next()
  return done ? undefined : value
}

const corrupt = (why: string): AppError => new AppError('etcd_corrupt', `the snapshot is not whole: ${why}`)

/** Keeps the newest pieces that hold at least 32 bytes. */
function holdBack() {
  const pieces: Uint8Array[] = []
  let bytes = 0
  return {
    /** @returns what is older, which may be passed on now */
    add(piece: Uint8Array): readonly Uint8Array[] {
      if (piece.length === 0) return [] // any number of them would be kept
      pieces.push(piece)
      bytes += piece.length
      const older: Uint8Array[] = []
      for (let [oldest] = pieces; oldest && bytes - oldest.length >= HASH_BYTES; [oldest] = pieces) {
        bytes -= oldest.length
        older.push(oldest)
        pieces.shift()
      }
      return older
    },
    rest: () => Buffer.concat(pieces),
  }
}

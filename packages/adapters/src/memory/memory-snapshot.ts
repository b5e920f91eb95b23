import { createHash } from 'node:crypto'
import { AppError } from '@etcdmonitor/core/errors'
import type { SnapshotStream, SnapshotSummary } from '@etcdmonitor/core/ports/etcd-cluster'
import type { Clock } from '@etcdmonitor/core/time'

/** What a member sends. */
export interface MemorySnapshot {
  /** The database, of whole pages of 512 bytes; 2,048 bytes when absent. */
  readonly bytes?: Uint8Array
  /** Bytes of a chunk; 512 when absent. */
  readonly chunkBytes?: number
  /** Milliseconds before each chunk but the first. */
  readonly chunkMs?: number
  /** The connection breaks when so many bytes were sent. */
  readonly breaksAfter?: number
  /** What comes is not what the hash was made of. */
  readonly isDamaged?: boolean
}

interface Sending {
  readonly clock: Pick<Clock, 'sleep'>
  readonly signal: AbortSignal
  readonly fail: () => AppError
}

const HASH_BYTES = 32
const DATABASE = Uint8Array.from({ length: 2_048 }, (_, at) => at % 251)

/** The chunks of the database; then the hash, which is held back unless all is well. */
export function memorySnapshot(snapshot: MemorySnapshot, { clock, signal, fail }: Sending): SnapshotStream {
  const { bytes = DATABASE, chunkBytes = 512, chunkMs = 0, breaksAfter, isDamaged = false } = snapshot
  const hash = createHash('sha256').update(bytes).digest()
  const { promise: verified, resolve, reject } = Promise.withResolvers<SnapshotSummary>()
  verified.catch(() => undefined) // whoever iterates is told; this may be left unawaited

  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      if (breaksAfter !== undefined && at >= breaksAfter) throw fail()
      if (chunkMs > 0 && at > 0) await clock.sleep(chunkMs, signal)
      signal.throwIfAborted()
      yield bytes.subarray(at, at + chunkBytes)
    }
    if (isDamaged) throw corrupt('its SHA-256 is not that of what was sent')
    resolve({ bytes: bytes.length + HASH_BYTES, sha256: hash.toString('hex') })
    yield hash
  }

  async function* deliver(): AsyncGenerator<Uint8Array> {
    try {
      yield* chunks()
    } catch (error) {
      reject(error)
      throw error
    } finally {
      reject(corrupt('it was left before its end')) // nothing where it was settled
    }
  }

  return { totalBytes: bytes.length + HASH_BYTES, verified, [Symbol.asyncIterator]: deliver }
}

const corrupt = (why: string): AppError => new AppError('etcd_corrupt', `the snapshot is not whole: ${why}`)

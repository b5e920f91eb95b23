import { statfsSync } from 'node:fs'
import { storageUnavailable } from './metrics-errors.ts'

const MIB = 1_048_576
/** `full` ends only with so many times the room at which it begins. */
const ENOUGH = 1.25

/** How much room the file system of the store has: `low` is to be made better; in `full` no sample is written. */
export type Room = 'enough' | 'low' | 'full'

/** Gives a function that says how much room the file system of a folder has now. It throws AppError `storage_unavailable`. */
export function watchRoom(folder: string): () => Room {
  let room: Room = 'enough'
  return () => {
    room = judgeRoom(askFor(folder), room)
    return room
  }
}

function askFor(folder: string): FileSystem {
  try {
    const { bavail, blocks, bsize } = statfsSync(folder)
    return { free: bavail * bsize, size: blocks * bsize }
  } catch (error) {
    throw storageUnavailable(`the file system of ${folder} cannot be asked for its room`, error)
  }
}

/** Bytes. */
interface FileSystem {
  readonly free: number
  readonly size: number
}

/** Shares of the file system, but no more than half a GiB and a quarter (storage.md 5.10). */
export function judgeRoom({ free, size }: FileSystem, before: Room): Room {
  const full = Math.min(size * 0.05, 256 * MIB)
  if (free < full * (before === 'full' ? ENOUGH : 1)) return 'full'
  return free < Math.min(size * 0.1, 512 * MIB) ? 'low' : 'enough'
}

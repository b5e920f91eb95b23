import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createShaper, type LaneMode } from './lane-mode.ts'

/** Bytes that wait in a lane before it stops reading. */
const MAX_QUEUED = 1 << 20
const PIECES_PER_SECOND = 20

export interface LaneEnds {
  readonly from: Socket
  readonly to: Socket
  /** Told of the bytes that went on. */
  readonly onBytes: (count: number) => void
}

export interface Lane {
  /** Takes effect with the next bytes; a limit of 0 bytes at once. */
  set(mode: LaneMode): void
}

/** Moves bytes one way between two sockets; the end of `from` becomes the end of `to`. */
export function startLane(ends: LaneEnds, first: LaneMode): Lane {
  const { from, to } = ends
  let mode = first
  let shape = createShaper(mode)
  let chunks = 0

  async function forward(chunk: Buffer, arrived: number): Promise<void> {
    if (mode.mode === 'delay') await sleepUntil(arrived + mode.ms + jitter(mode.jitterMs, chunks++))
    if (mode.mode === 'stall') return new Promise(() => {}) // nothing behind it moves either
    const { bytes, end } = shape(chunk)
    await (mode.mode === 'rate' ? sendSlowly(ends, bytes, mode.bytesPerSecond) : send(ends, bytes))
    if (end) finish(ends, end)
  }

  onChunks(from, forward, () => to.end())
  return {
    set(next) {
      mode = next
      shape = createShaper(mode)
      const { end } = shape(Buffer.alloc(0))
      if (end) finish(ends, end)
    },
  }
}

/** Calls `take` with one chunk after the other, then `end`; reads ahead by a bounded number of bytes. */
function onChunks(
  from: Socket,
  take: (chunk: Buffer, arrived: number) => Promise<void>,
  end: () => void,
): void {
  let queued = 0
  let work = Promise.resolve()
  from.on('data', (chunk: Buffer) => {
    const arrived = performance.now()
    queued += chunk.length
    if (queued > MAX_QUEUED) from.pause()
    work = work.then(async () => {
      await take(chunk, arrived)
      queued -= chunk.length
      if (queued <= MAX_QUEUED) from.resume()
    })
  })
  from.on('end', () => {
    work = work.then(end)
  })
}

async function send({ to, onBytes }: LaneEnds, bytes: Buffer): Promise<void> {
  if (bytes.length === 0 || !to.writable) return
  await new Promise<void>((resolve) => to.write(bytes, () => resolve()))
  onBytes(bytes.length)
}

async function sendSlowly(ends: LaneEnds, bytes: Buffer, bytesPerSecond: number): Promise<void> {
  const size = Math.max(1, Math.floor(bytesPerSecond / PIECES_PER_SECOND))
  for (let at = 0; at < bytes.length && ends.to.writable; at += size) {
    const piece = bytes.subarray(at, at + size)
    await sleep((piece.length / bytesPerSecond) * 1_000)
    await send(ends, piece)
  }
}

function finish({ from, to }: LaneEnds, how: 'cut' | 'reset'): void {
  if (how === 'cut') {
    to.destroySoon()
    from.destroy()
  } else {
    to.resetAndDestroy()
    from.resetAndDestroy()
  }
}

const sleepUntil = (at: number): Promise<void> => sleep(Math.max(0, at - performance.now()))

/** Multiples of the golden ratio spread evenly, and alike in each run. */
const jitter = (most = 0, index: number): number => most * ((index * 0.618_033_988_75) % 1)

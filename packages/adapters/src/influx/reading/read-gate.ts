export type Gate = <T>(signal: AbortSignal, run: () => Promise<T>) => Promise<T>

/** Runs at most `max` at once. Others wait, first come, first served. @throws the signal's reason, then nothing was run */
export function createGate(max: number): Gate {
  const waiting = new Set<() => void>()
  let running = 0

  function enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (running < max) {
      running += 1
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const give = () => {
        signal.removeEventListener('abort', leaveQueue)
        resolve()
      }
      const leaveQueue = () => {
        waiting.delete(give)
        reject(signal.reason)
      }
      waiting.add(give)
      signal.addEventListener('abort', leaveQueue, { once: true })
    })
  }

  /** The place goes to who waits longest, so that nobody takes it in between. */
  function leave(): void {
    const [next] = waiting
    if (!next) running -= 1
    else {
      waiting.delete(next)
      next()
    }
  }

  return async (signal, run) => {
    await enter(signal)
    try {
      return await run()
    } finally {
      leave()
    }
  }
}

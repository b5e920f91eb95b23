/** Reads of keys at once: more would hold up what the reader asks for next. */
const MAX_RUNNING = 4

export interface RequestQueue {
  /** Runs when its turn comes; rejects with the reason of `signal` when that aborts before. */
  readonly run: <T>(ask: () => Promise<T>, signal: AbortSignal) => Promise<T>
}

export function createRequestQueue(): RequestQueue {
  const waiting: (() => void)[] = []
  let running = 0
  // a place is taken before anything is awaited: many may ask at once
  const turn = (): Promise<void> => {
    if (running >= MAX_RUNNING) return new Promise((resolve) => waiting.push(resolve))
    running += 1
    return Promise.resolve()
  }
  const leave = () => {
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }
  return {
    run: async (ask, signal) => {
      await turn()
      try {
        signal.throwIfAborted()
        const answer = await ask()
        signal.throwIfAborted()
        return answer
      } finally {
        leave()
      }
    },
  }
}

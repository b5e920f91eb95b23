import { AppError } from './errors.ts'

export interface WorkGate {
  /**
   * Runs `work` when one of the places is free, first come first served.
   * @throws AppError `overloaded` at once when the queue is full; `signal.reason` when it aborts while waiting
   */
  run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>
}

/** At most `running` at a time, at most `waiting` in the queue; without `waiting` the queue takes all who come. */
export function createWorkGate(limits: { readonly running: number; readonly waiting?: number }): WorkGate {
  const { waiting = Number.POSITIVE_INFINITY } = limits
  let running = 0
  const queue = new Set<() => void>()

  const enter = (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted()
    if (running < limits.running) {
      running++
      return Promise.resolve()
    }
    if (queue.size >= waiting)
      throw new AppError('overloaded', `${limits.running} queries run and ${waiting} wait`)
    return new Promise((resolve, reject) => {
      const leave = () => {
        queue.delete(start)
        reject(signal.reason)
      }
      const start = () => {
        queue.delete(start)
        signal.removeEventListener('abort', leave)
        resolve()
      }
      queue.add(start)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  const exit = () => {
    const [next] = queue
    // the place goes on to the next one: `running` stays
    if (next) next()
    else running--
  }

  return {
    async run(work, signal) {
      await enter(signal)
      try {
        return await work()
      } finally {
        exit()
      }
    },
  }
}

interface Job<T> {
  readonly result: Promise<T>
  readonly stop: AbortController
  callers: number
}

export interface SharedWork<T> {
  /**
   * The result of the work that runs under `key`, started when none does. It is aborted only when the last caller has gone.
   * @throws `signal.reason` when this caller goes; else what the work throws
   */
  join(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>): Promise<T>
}

/** Equal work asked for at the same time is done once. */
export function createSharedWork<T>(): SharedWork<T> {
  const jobs = new Map<string, Job<T>>()

  const begin = (key: string, start: (signal: AbortSignal) => Promise<T>): Job<T> => {
    const stop = new AbortController()
    const job = { result: start(stop.signal), stop, callers: 0 }
    const forget = () => {
      if (jobs.get(key) === job) jobs.delete(key)
    }
    job.result.then(forget, forget)
    jobs.set(key, job)
    return job
  }

  return {
    async join(key, signal, start) {
      signal.throwIfAborted()
      const job = jobs.get(key) ?? begin(key, start)
      job.callers++
      const leave = () => {
        job.callers--
        if (job.callers > 0) return
        if (jobs.get(key) === job) jobs.delete(key)
        job.stop.abort(signal.reason)
      }
      return await untilAborted(job.result, signal, leave)
    },
  }
}

/** Settles with `result`, or rejects with the signal's reason and calls `onLeave`, whichever comes first. */
function untilAborted<T>(result: Promise<T>, signal: AbortSignal, onLeave: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      onLeave()
      reject(signal.reason)
    }
    signal.addEventListener('abort', leave, { once: true })
    const stay = () => signal.removeEventListener('abort', leave)
    result.then(
      (value) => {
        stay()
        resolve(value)
      },
      (error: unknown) => {
        stay()
        reject(error)
      },
    )
  })
}

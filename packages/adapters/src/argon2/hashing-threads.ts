import { Worker } from 'node:worker_threads'
import type { Options } from '@node-rs/argon2'

/** What a thread does: it makes a hash with these options, or compares with a stored one. */
export type HashJob = { readonly password: Uint8Array } & (
  | { readonly options: Options }
  | { readonly stored: string }
)

export type HashAnswer = { readonly result: string | boolean } | { readonly error: string }

/** A thread needs next to nothing of its own: what argon2 takes is none of V8's. MiB. */
const RESOURCES = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 }

interface Thread {
  /** One job at a time. @throws Error with what argon2 says; with why the thread ended, and then it is of no further use */
  readonly ask: (job: HashJob) => Promise<string | boolean>
  readonly isOver: () => boolean
}

/**
 * Threads of their own for argon2, as many as jobs were ever asked for at once; the gate bounds them. In libuv's threads hashes would stand
 * before the process's own files and names, at the same priority as the thread that answers, and each of the four would keep the
 * memory of the last one. They hold no process open while they have nothing to do.
 */
export function openHashingThreads(): (job: HashJob) => Promise<string | boolean> {
  const idle: Thread[] = []
  return async (job) => {
    let thread = idle.pop()
    while (thread?.isOver()) thread = idle.pop() // one may have ended since, out of memory for example
    thread ??= startThread()
    try {
      return await thread.ask(job)
    } finally {
      if (!thread.isOver()) idle.push(thread)
    }
  }
}

function startThread(): Thread {
  const worker = new Worker(new URL('./hash-thread.mjs', import.meta.url), { resourceLimits: RESOURCES })
  let over: Error | undefined
  let pending: PromiseWithResolvers<string | boolean> | undefined
  const end = (error: Error) => {
    over ??= error
    pending?.reject(over)
  }
  worker.on('error', (error) => end(error instanceof Error ? error : new Error(String(error))))
  worker.on('exit', (code) => end(new Error(`a hashing thread ended with ${code}`)))
  worker.on('message', (answer: HashAnswer) => {
    if ('error' in answer) pending?.reject(new Error(answer.error))
    else pending?.resolve(answer.result)
  })
  worker.unref()
  return {
    isOver: () => over !== undefined,
    async ask(job) {
      if (over) throw over
      pending = Promise.withResolvers()
      worker.ref()
      worker.postMessage(job)
      try {
        return await pending.promise
      } finally {
        worker.unref()
      }
    },
  }
}

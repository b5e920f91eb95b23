// No TypeScript here: what strips its types would be loaded into each thread anew, which is more than all else that a thread has.
import { constants, getPriority, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { hashSync, verifySync } from '@node-rs/argon2'

/** Below the process: where processors are short, whoever is signed in goes before who signs in; and yet that goes on, with a fourth of one. */
const NICE = 5

lowerPriority()

parentPort?.on('message', (job) => parentPort?.postMessage(answer(job)))

/** @param {import('./hashing-threads.ts').HashJob} job @returns {import('./hashing-threads.ts').HashAnswer} */
function answer(job) {
  try {
    return {
      result: 'stored' in job ? verifySync(job.stored, job.password) : hashSync(job.password, job.options),
    }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

/** On Linux, and there alone, it is that of this thread. Where a sandbox forbids it, hashes are no less right. */
function lowerPriority() {
  if (process.platform !== 'linux') return
  try {
    setPriority(Math.min(constants.priority.PRIORITY_LOW, getPriority() + NICE))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_SYSTEM_ERROR')) throw error
  }
}

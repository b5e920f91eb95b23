import type { Clock } from '@etcdmonitor/core/time'
import { type CallBudget, within } from './call-budget.ts'
import { callError } from './call-error.ts'

export type Limiter = <T>(url: string, budget: CallBudget, run: () => Promise<T>) => Promise<T>

/** Runs at most `max` at once; others wait inside their budget, first come, first served. @throws EtcdCallError `deadline`, nothing was sent */
export function createLimiter(max: number, clock: Pick<Clock, 'sleep'>): Limiter {
  const waiting = new Set<() => void>()
  let running = 0

  async function enter(url: string, budget: CallBudget): Promise<void> {
    if (running < max) {
      running += 1
      return
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    let isGiven = false
    const give = () => {
      isGiven = true
      resolve()
    }
    waiting.add(give)
    try {
      await within({ promise, budget, clock }, () =>
        callError('deadline', { endpoint: url, method: 'wait', sent: false }, 'too many calls at once'),
      )
    } catch (error) {
      waiting.delete(give)
      if (isGiven) leave()
      throw error
    }
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

  return async (url, budget, run) => {
    await enter(url, budget)
    try {
      return await run()
    } finally {
      leave()
    }
  }
}

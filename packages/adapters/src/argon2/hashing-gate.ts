import { AppError } from '@etcdmonitor/core/errors'
import type { Clock } from '@etcdmonitor/core/time'

/** Two of libuv's four threads stay free for files and DNS. */
const RUNNING = 2
const WAITING = 16
const WAITING_PER_ADDRESS = 8
const LONGEST_WAIT = 2_000

interface Waiter {
  readonly address: string
  enter(): void
}

/** Lets 2 at once through, 16 more wait in order of arrival, at most 8 of them from one address and each at most 2 s. */
export type HashingGate = <T>(address: string, work: () => Promise<T>) => Promise<T>

export function createHashingGate(clock: Pick<Clock, 'sleep'>): HashingGate {
  const waiting: Waiter[] = []
  let running = 0

  async function enter(address: string): Promise<void> {
    if (running < RUNNING) {
      running += 1
      return
    }
    const fromHere = waiting.filter((waiter) => waiter.address === address).length
    if (waiting.length >= WAITING || fromHere >= WAITING_PER_ADDRESS)
      throw full('too many sign-ins are waiting')
    await waitForPlace(address)
  }

  async function waitForPlace(address: string): Promise<void> {
    const entered = new AbortController()
    const waiter = { address, enter: () => entered.abort() }
    waiting.push(waiter)
    await clock.sleep(LONGEST_WAIT, entered.signal)
    if (entered.signal.aborted) return
    waiting.splice(waiting.indexOf(waiter), 1)
    throw full(`no place to check a password within ${LONGEST_WAIT / 1_000} s`)
  }

  function leave(): void {
    const next = waiting.shift()
    if (next)
      next.enter() // takes over the place: `running` stays
    else running -= 1
  }

  return async (address, work) => {
    await enter(address)
    try {
      return await work()
    } finally {
      leave()
    }
  }
}

const full = (message: string): AppError =>
  new AppError('login_capacity', message, { details: { retry_after: 1 } })

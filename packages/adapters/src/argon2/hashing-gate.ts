import { AppError } from '@etcdmonitor/core/errors'
import type { Clock } from '@etcdmonitor/core/time'

/** Each has a thread of its own, and takes 19 MiB. */
const RUNNING = 2
const WAITING = 16
const WAITING_PER_ADDRESS = 8
const LONGEST_WAIT = 2_000
/** So long a request stays aside before it queues again. */
const ASIDE = 25

interface Waiter {
  readonly address: string
  enter(): void
}

/** A place that `work` has; `stepAside` gives it up and takes one again later. */
export interface GatePlace {
  stepAside(): Promise<void>
}

/** Lets 2 at once through, 16 more wait in order of arrival, at most 8 of them from one address and each at most 2 s. */
export type HashingGate = <T>(address: string, work: (place: GatePlace) => Promise<T>) => Promise<T>

export function createHashingGate(clock: Pick<Clock, 'sleep'>): HashingGate {
  const waiting: Waiter[] = []
  /** Addresses of requests that stepped aside: they count among the waiting. */
  const aside: string[] = []
  let running = 0

  function checkRoom(address: string): void {
    const present = [...waiting.map((waiter) => waiter.address), ...aside]
    if (present.length >= WAITING || present.filter((one) => one === address).length >= WAITING_PER_ADDRESS)
      throw full('too many sign-ins are waiting; try again in a moment')
  }

  async function waitForPlace(address: string): Promise<void> {
    if (running < RUNNING) {
      running += 1
      return
    }
    const entered = new AbortController()
    const waiter = { address, enter: () => entered.abort() }
    waiting.push(waiter)
    await clock.sleep(LONGEST_WAIT, entered.signal)
    if (entered.signal.aborted) return
    waiting.splice(waiting.indexOf(waiter), 1)
    throw full(`no place to check a password within ${LONGEST_WAIT / 1_000} s; try again`)
  }

  function leave(): void {
    const next = waiting.shift()
    if (next)
      next.enter() // takes over the place: `running` stays
    else running -= 1
  }

  return async (address, work) => {
    if (running >= RUNNING) checkRoom(address)
    await waitForPlace(address)
    let hasPlace = true
    const place = {
      async stepAside() {
        hasPlace = false
        leave()
        aside.push(address)
        await clock.sleep(ASIDE, NEVER)
        aside.splice(aside.indexOf(address), 1)
        await waitForPlace(address)
        hasPlace = true
      },
    }
    try {
      return await work(place)
    } finally {
      if (hasPlace) leave()
    }
  }
}

const NEVER = new AbortController().signal

const full = (message: string): AppError =>
  new AppError('login_capacity', message, { details: { retry_after: 1 } })

import type { Clock } from '@etcdmonitor/core/time'

/** The time that a call has, connecting, logging in and other members included, and what ends it early. */
export interface CallBudget {
  readonly signal: AbortSignal
  /** Milliseconds of the monotonic clock; 0 when it is spent. */
  left(): number
  /** A budget that ends with this one, after at most `ms`. */
  atMost(ms: number): CallBudget
  /** Asked in the tick in which a call is sent. False: it is not. */
  readonly mayStillSend?: (() => boolean) | undefined
}

export function startBudget(
  clock: Pick<Clock, 'monotonic'>,
  ms: number,
  ...signals: readonly (AbortSignal | undefined)[]
): CallBudget {
  const end = clock.monotonic() + ms
  const [first, ...others] = signals.filter((one) => one !== undefined)
  // most have one alone, and a signal of signals costs more than all else here
  const signal = first && others.length === 0 ? first : AbortSignal.any(first ? [first, ...others] : [])
  const left = () => Math.max(0, end - clock.monotonic())
  return { signal, left, atMost: (limit) => startBudget(clock, Math.min(limit, left()), signal) }
}

/** The same budget for changes that are sent only while `mayStillSend` says so. */
export const guardedBudget = (budget: CallBudget, mayStillSend: CallBudget['mayStillSend']): CallBudget =>
  mayStillSend
    ? { ...budget, mayStillSend, atMost: (ms) => guardedBudget(budget.atMost(ms), mayStillSend) }
    : budget

/**
 * `promise`, or `signal.reason` as soon as the signal aborts. What the promise does then is not awaited: whoever made
 * it ends it by the same signal.
 */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => undefined) // its failure has no reader any more
    return Promise.reject(signal.reason)
  }
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', onAbort))
}

/** `promise`, or what `onLate` throws when the budget is spent before, or the reason of an abort. */
export async function within<T>(
  { promise, budget, clock }: { promise: Promise<T>; budget: CallBudget; clock: Pick<Clock, 'sleep'> },
  onLate: () => Error,
): Promise<T> {
  const settled = new AbortController()
  const late = clock.sleep(budget.left(), settled.signal).then(() => {
    if (!settled.signal.aborted) throw onLate()
    return promise
  })
  try {
    return await orAborted(Promise.race([promise, late]), budget.signal)
  } finally {
    settled.abort('settled') // without a reason an error is made for each call, with its stack
    late.catch(() => undefined)
  }
}

import type { Clock } from '@etcdmonitor/core/time'

/**
 * Callers within `ms` of an answer share it; so do those that come while it is on its way. A failure is not kept, nor is an answer to another
 * question than the newest.
 */
export function keepFor<Q extends string | undefined, A extends unknown[], T>(
  clock: Pick<Clock, 'monotonic'>,
  ms: (answer: T) => number,
  read: (question: Q, ...args: A) => Promise<T>,
): (question: Q, ...args: A) => Promise<T> {
  let kept: { readonly question: Q; readonly answer: Promise<T>; until: number } | undefined
  return (question, ...args) => {
    if (kept !== undefined && kept.question === question && clock.monotonic() < kept.until) return kept.answer
    const one = { question, answer: read(question, ...args), until: Number.POSITIVE_INFINITY }
    kept = one
    one.answer.then(
      (answer) => {
        one.until = clock.monotonic() + ms(answer)
      },
      () => {
        if (kept === one) kept = undefined
      },
    )
    return one.answer
  }
}

import type { Clock } from '@etcdmonitor/core/time'

/** Callers within `ms` of an answer share it; so do those that come while it is on its way. A failure is not kept. */
export function keepFor<A extends unknown[], T>(
  clock: Pick<Clock, 'monotonic'>,
  ms: (answer: T) => number,
  read: (...args: A) => Promise<T>,
): (...args: A) => Promise<T> {
  let kept: { readonly answer: Promise<T>; until: number } | undefined
  return (...args) => {
    if (kept && clock.monotonic() < kept.until) return kept.answer
    const one = { answer: read(...args), until: Number.POSITIVE_INFINITY }
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

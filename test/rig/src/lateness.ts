const EVERY = 20

export interface Lateness extends Disposable {
  /** The latest that a timer of this process was so far, ms. */
  readonly most: () => number
}

/** How late the timers of this process are: what a busy machine adds to any limit that is measured in it. */
export function watchLateness(): Lateness {
  let due = performance.now() + EVERY
  let most = 0
  const timer = setInterval(() => {
    most = Math.max(most, performance.now() - due)
    due = performance.now() + EVERY
  }, EVERY)
  return { most: () => most, [Symbol.dispose]: () => clearInterval(timer) }
}

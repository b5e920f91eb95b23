import { type Accessor, createEffect, onCleanup } from 'solid-js'

/**
 * Calls `tick` every `period` ms (undefined: never) while the page is seen and the browser has a network, and at once when it
 * is seen again later than a period after the last tick.
 */
export function createPolling(period: Accessor<number | undefined>, tick: () => void): void {
  createEffect(() => {
    const every = period()
    if (every === undefined) return
    let last = Date.now()
    const run = () => {
      if (document.hidden || !navigator.onLine) return
      last = Date.now()
      tick()
    }
    const onSeen = () => {
      if (Date.now() - last >= every) run()
    }
    const timer = setInterval(run, every)
    onCleanup(() => clearInterval(timer))
    document.addEventListener('visibilitychange', onSeen)
    onCleanup(() => document.removeEventListener('visibilitychange', onSeen))
  })
}

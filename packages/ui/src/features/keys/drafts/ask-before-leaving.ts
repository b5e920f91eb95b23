import { type Accessor, createEffect, createMemo, onCleanup } from 'solid-js'

/** The browser asks before the application is left while something would be lost. */
export function askBeforeLeaving(wouldLose: Accessor<boolean>): void {
  const ask = (event: BeforeUnloadEvent) => event.preventDefault()
  // told once, not with every key pressed: each time the browser's own process is told as well
  const isAsking = createMemo(wouldLose)
  createEffect(() => {
    if (!isAsking()) return // a page that listens is never kept for Back
    window.addEventListener('beforeunload', ask)
    onCleanup(() => window.removeEventListener('beforeunload', ask))
  })
}

import { type Accessor, createSignal, onCleanup } from 'solid-js'

export interface Lock {
  /** Seconds that are left; 0 = none. */
  readonly left: Accessor<number>
  begin(seconds: number): void
}

/** Counts the seconds of an account's lock down, by the clock: a tab in the background gets few timers. */
export function createLock(): Lock {
  const [left, setLeft] = createSignal(0)
  let end = 0
  let timer: ReturnType<typeof setInterval> | undefined
  const look = () => {
    setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1_000)))
    if (left() === 0) clearInterval(timer)
  }
  onCleanup(() => clearInterval(timer))
  return {
    left,
    begin(seconds) {
      clearInterval(timer)
      end = Date.now() + seconds * 1_000
      timer = setInterval(look, 250)
      look()
    },
  }
}

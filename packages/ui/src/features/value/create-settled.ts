import { type Accessor, createEffect, createSignal, on, onCleanup } from 'solid-js'

/** What a value is once it has been the same for so long, ms; 0: soon. */
export function createSettled<T>(value: Accessor<T>, pause: (value: T) => number): Accessor<T> {
  const [settled, setSettled] = createSignal(value())
  createEffect(
    on(
      value,
      (now) => {
        const timer = setTimeout(() => setSettled(() => now), pause(now))
        onCleanup(() => clearTimeout(timer))
      },
      { defer: true },
    ),
  )
  return settled
}

import { type Accessor, createSignal, onCleanup } from 'solid-js'

/** Unix ms by the browser's clock, told anew every `period` ms. */
export function createNow(period: number): Accessor<number> {
  const [now, setNow] = createSignal(Date.now())
  const timer = setInterval(() => setNow(Date.now()), period)
  onCleanup(() => clearInterval(timer))
  return now
}

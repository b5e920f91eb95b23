import { createSignal, type JSX, onCleanup, Show } from 'solid-js'

/** Its children, once it has been there for `after` ms: what is over sooner is not worth a word. */
export function Delayed(props: { readonly after: number; readonly children: JSX.Element }) {
  const [isDue, setDue] = createSignal(false)
  const timer = setTimeout(() => setDue(true), props.after)
  onCleanup(() => clearTimeout(timer))
  return <Show when={isDue()}>{props.children}</Show>
}

import { type Accessor, createContext, createSignal, useContext } from 'solid-js'

const MAX_SHOWN = 3

export interface Toasts {
  /** Newest last, at most three. */
  readonly shown: Accessor<readonly string[]>
  /** Stays until it is closed; a text that is there already is not shown twice. */
  show(text: string): void
  close(text: string): void
}

export function createToasts(): Toasts {
  const [shown, setShown] = createSignal<readonly string[]>([])
  return {
    shown,
    show: (text) => setShown((now) => [...now.filter((other) => other !== text), text].slice(-MAX_SHOWN)),
    close: (text) => setShown((now) => now.filter((other) => other !== text)),
  }
}

export const ToastsContext = createContext<Toasts>()

/** For what belongs to no place of the page; errors that do are said there. */
export function useToasts(): Toasts {
  const toasts = useContext(ToastsContext)
  if (!toasts) throw new Error('no ToastsContext around this component')
  return toasts
}

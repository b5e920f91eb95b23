import { type Accessor, createSignal, onCleanup } from 'solid-js'

export interface LazyLayer<T> {
  /** Undefined until it was loaded: by itself when the page is idle, or when it is wanted. */
  readonly module: Accessor<T | undefined>
  /** Somebody used the trigger before: the layer opens as soon as it is there. */
  readonly isWanted: Accessor<boolean>
  want(): void
}

/** A floating layer whose code is not in the first load. A failed load is tried again when it is wanted again. */
export function createLazyLayer<T>(load: () => Promise<T>): LazyLayer<T> {
  const [module, setModule] = createSignal<T>()
  const [isWanted, setWanted] = createSignal(false)
  const fetchOnce = () => {
    if (!module())
      load().then(
        (loaded) => setModule(() => loaded),
        () => setWanted(false),
      )
  }
  const timer = setTimeout(fetchOnce, 200)
  onCleanup(() => clearTimeout(timer))
  return {
    module,
    isWanted,
    want() {
      setWanted(true)
      fetchOnce()
    },
  }
}

import { type Accessor, createEffect, createSignal, onCleanup } from 'solid-js'
import type { Size } from './create-uplot.ts'

/** Size of the content box of `element`, whole CSS px; 0 × 0 until it was laid out. Equal sizes are reported once. */
export function createElementSize(element: Accessor<HTMLElement | undefined>): Accessor<Size> {
  const [size, setSize] = createSignal<Size>(
    { width: 0, height: 0 },
    { equals: (one, other) => one.width === other.width && one.height === other.height },
  )
  createEffect(() => {
    const target = element()
    if (!target) return
    const observer = new ResizeObserver(([entry]) => {
      if (entry)
        setSize({ width: Math.floor(entry.contentRect.width), height: Math.floor(entry.contentRect.height) })
    })
    observer.observe(target)
    onCleanup(() => observer.disconnect())
  })
  return size
}

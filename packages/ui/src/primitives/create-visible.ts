import { type Accessor, createEffect, createSignal, onCleanup } from 'solid-js'

/** Whether `element` is in the viewport or within 200 px of it. */
export function createVisible(element: Accessor<HTMLElement | undefined>): Accessor<boolean> {
  const [visible, setVisible] = createSignal(false)
  createEffect(() => {
    const target = element()
    if (!target) return
    const observer = new IntersectionObserver(
      (entries) => setVisible(entries.at(-1)?.isIntersecting ?? false),
      {
        rootMargin: '200px 0px',
      },
    )
    observer.observe(target)
    onCleanup(() => observer.disconnect())
  })
  return visible
}

import { createSignal, onCleanup, onMount } from 'solid-js'
import './Splitter.css'

export interface SplitterProps {
  readonly label: string
  /** CSS px of what stands before it. */
  readonly min: number
  /** Part of the width of both. */
  readonly maxShare: number
  readonly onChange: (width: number) => void
}

const STEP = 16

/** Between two panes in one row: moved by the pointer or the keys; says how wide the first one shall be. */
export function Splitter(props: SplitterProps) {
  const [width, setWidth] = createSignal(0)
  const [most, setMost] = createSignal(0)
  let handle: HTMLDivElement | undefined
  const measure = () => {
    const first = handle?.previousElementSibling?.getBoundingClientRect().width ?? 0
    setWidth(Math.round(first))
    setMost(Math.floor((handle?.parentElement?.clientWidth ?? 0) * props.maxShare))
  }
  const move = (to: number) => {
    measure()
    props.onChange(Math.round(Math.max(props.min, Math.min(most(), to))))
    measure()
  }
  onMount(() => {
    const observer = new ResizeObserver(measure)
    if (handle?.parentElement) observer.observe(handle.parentElement)
    onCleanup(() => observer.disconnect())
  })
  const drag = (event: PointerEvent) => {
    const left = handle?.previousElementSibling?.getBoundingClientRect().left ?? 0
    if (handle?.hasPointerCapture(event.pointerId)) move(event.clientX - left)
  }
  const press = (event: KeyboardEvent) => {
    measure()
    const to = {
      ArrowLeft: width() - STEP,
      ArrowRight: width() + STEP,
      Home: props.min,
      End: most(),
    }[event.key]
    if (to === undefined) return
    event.preventDefault()
    move(to)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule that can be moved has no element of its own
    <div
      ref={(element) => {
        handle = element
      }}
      class="splitter"
      role="separator"
      tabIndex="0"
      aria-label={props.label}
      aria-orientation="vertical"
      aria-valuenow={width()}
      aria-valuemin={props.min}
      aria-valuemax={most()}
      onKeyDown={press}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
    />
  )
}

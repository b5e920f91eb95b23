import { type Accessor, createEffect, createSignal, onCleanup } from 'solid-js'
import type uPlot from 'uplot'

export interface ZoomDrag {
  readonly isDragging: Accessor<boolean>
  readonly onSelect: (plot: uPlot) => void
  readonly bind: uPlot.Cursor.Bind
}

/**
 * Selecting a span on a plot: the drag ends with `onZoom` (Unix ms), Esc cancels it, a double click is `onReset`. uPlot's own
 * double click, which rescales one chart to its data, is replaced: the window is the page's.
 */
export function createZoomDrag(on: {
  readonly onZoom: (from: number, to: number) => void
  readonly onReset: () => void
}): ZoomDrag {
  const [dragged, setDragged] = createSignal<uPlot>()
  let isCancelled = false

  createEffect(() => {
    const plot = dragged()
    if (!plot) return
    const cancel = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      event.preventDefault() // taken: it restores no panel
      isCancelled = true
      clear(plot)
    }
    document.addEventListener('keydown', cancel)
    onCleanup(() => document.removeEventListener('keydown', cancel))
  })

  return {
    isDragging: () => dragged() !== undefined,
    onSelect(plot) {
      const { left, width } = plot.select
      clear(plot)
      if (!isCancelled && width > 0) {
        on.onZoom(plot.posToVal(left, 'x') * 1_000, plot.posToVal(left + width, 'x') * 1_000)
      }
    },
    bind: {
      mousedown: (plot, _target, handle) => (event) => {
        if (event.button !== 0) return null // a menu may swallow the end of it
        isCancelled = false
        setDragged(plot)
        return handle(event)
      },
      mouseup: (_plot, _target, handle) => (event) => {
        if (event.button !== 0) return null
        const result = handle(event)
        setDragged(undefined)
        return result
      },
      dblclick: () => () => {
        on.onReset()
        return null
      },
    },
  }
}

const clear = (plot: uPlot): void => plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)

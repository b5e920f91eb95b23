import { type Accessor, createEffect, createSignal, on, onCleanup } from 'solid-js'
import uPlot from 'uplot'
import type { PlotData } from '../charts/plot-data.ts'

export interface Size {
  readonly width: number
  readonly height: number
}

export interface PlotSource {
  /** A change rebuilds the chart. */
  readonly options: Accessor<Omit<uPlot.Options, 'width' | 'height'>>
  readonly data: Accessor<PlotData>
  readonly size: Accessor<Size>
}

/** Owns one uPlot inside `host`: built, fed, resized and destroyed with the current Solid owner. Gives the present one. */
export function createUPlot(host: Accessor<HTMLElement>, source: PlotSource): Accessor<uPlot | undefined> {
  const [plot, setPlot] = createSignal<uPlot>()
  createEffect(
    on(source.options, (options) => {
      const { columns, min, max } = source.data()
      const made = new uPlot({ ...options, ...source.size() }, columns, host())
      made.setScale('x', { min, max })
      setPlot(made)
      createEffect(on(source.data, (data) => feed(made, data), { defer: true }))
      createEffect(on(source.size, (size) => made.setSize(size), { defer: true }))
      onCleanup(() => made.destroy())
    }),
  )
  return plot
}

/**
 * `setData` alone would reset the x scale and lose the zoom; without resetting, it draws nothing until a scale is set. The
 * crosshair stays on its time, not on its pixel.
 */
function feed(plot: uPlot, { columns, min, max }: PlotData): void {
  const { left = -1, top = -1 } = plot.cursor
  const at = left >= 0 ? plot.posToVal(left, 'x') : undefined
  plot.batch(() => {
    plot.setData(columns, false)
    plot.setScale('x', { min, max })
  })
  if (at !== undefined) plot.setCursor({ left: plot.valToPos(at, 'x'), top })
}

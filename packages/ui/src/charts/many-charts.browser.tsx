import { render } from '@solidjs/testing-library'
import { createSignal, For, Show } from 'solid-js'
import { beforeEach, expect, it } from 'vitest'
import { cdp, page } from 'vitest/browser'
import '../styles/tokens.css'
import '../styles/base.css'
import { aLine, chartProps, NOON, someColumns, theColours } from '../../test/a-chart.ts'
import { ChartLegend } from './ChartLegend.tsx'
import type { ChartColumns } from './chart-columns.ts'
import { TimeSeriesChart } from './TimeSeriesChart.tsx'

const COLOURS = ['blue', 'orange', 'green', 'pink'] as const
const ROUNDS = 5
/** Eight hours at one refresh every 10 s. */
const REFRESHES = 2_880
const WARM = 100
const MiB = 1024 ** 2

/** Waves with a band around them, as an answer of `slots` slots that ends `shift` slots after noon. */
function waves(slots: number, shift = 0): ChartColumns {
  const lines = COLOURS.map((colour, line) => {
    const at = (slot: number) => 5 + line + 2 * Math.sin((slot + shift) / (9 + line))
    const values = Array.from({ length: slots }, (_, slot) => at(slot))
    const max = values.map((value) => value * 1.2)
    return aLine(colour, values, {
      colour,
      dash: line,
      band: { min: values.map((value) => value * 0.8), max, top: 12 },
    })
  })
  const from = NOON + shift * 10_000
  return someColumns(lines, {
    from,
    to: from + slots * 10_000,
    times: Array.from({ length: slots }, (_, slot) => from + slot * 10_000),
  })
}

function Charts(props: { readonly count: number; readonly columns: ChartColumns }) {
  const colours = theColours()
  return (
    <For each={Array.from({ length: props.count }, (_, place) => place)}>
      {() => (
        <section>
          <TimeSeriesChart {...chartProps} colours={colours} columns={props.columns} />
          <ChartLegend
            title="A chart"
            series={props.columns.series}
            cursor={undefined}
            isLive
            part={undefined}
            isLoaded
            formatTime={String}
            hidden={chartProps.hidden}
            highlighted={undefined}
            onToggle={() => {}}
            onHighlight={() => {}}
          />
        </section>
      )}
    </For>
  )
}

/** Vitest declares the session of its provider without methods. */
const session = () => cdp() as unknown as { send(method: string): Promise<{ readonly usedSize: number }> }

const heapBytes = async (): Promise<number> => {
  // twice: what is released by the first collection may hold something else
  await session().send('HeapProfiler.collectGarbage')
  await session().send('HeapProfiler.collectGarbage')
  return (await session().send('Runtime.getHeapUsage')).usedSize
}

beforeEach(() => page.viewport(1440, 900))

it('builds and paints 25 panels of 4 series of 1,000 points', async () => {
  const columns = waves(1_000)
  const took: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now()
    const { container, unmount } = render(() => <Charts count={25} columns={columns} />)
    await expect.poll(() => container.querySelectorAll('canvas'), { interval: 1 }).toHaveLength(25)
    await new Promise(requestAnimationFrame)
    took.push(performance.now() - began)
    const [first] = container.querySelectorAll('canvas')
    const brush = first?.getContext('2d') ?? expect.unreachable('no context')
    const { data } = brush.getImageData(0, 0, first?.width ?? 0, first?.height ?? 0)
    expect(data.some((part) => part > 0)).toBe(true)
    unmount()
  }
  const median = took.toSorted((one, other) => one - other)[Math.floor(ROUNDS / 2)] ?? 0
  // for people: what a busy machine makes of it decides nothing
  console.info(`25 panels x 4 series x 1,000 points: ${median.toFixed()} ms (median of ${ROUNDS})`)
})

it('holds no more after eight hours of refreshes than after a few minutes of them', async () => {
  const [shift, setShift] = createSignal(0)
  const { container } = render(() => (
    <Show when={waves(120, shift())}>{(columns) => <Charts count={4} columns={columns()} />}</Show>
  ))
  await expect.poll(() => container.querySelectorAll('canvas')).toHaveLength(4)
  const canvases = [...container.querySelectorAll('canvas')]
  const refresh = async (until: number) => {
    while (shift() < until) {
      setShift(shift() + 1)
      await Promise.resolve() // uPlot paints in a microtask
      if (shift() % 50 === 0) await new Promise(requestAnimationFrame)
    }
  }
  await refresh(WARM)
  const [heap, elements] = [await heapBytes(), document.querySelectorAll('*').length]
  await refresh(REFRESHES)
  const grown = (await heapBytes()) - heap
  console.info(`heap after ${REFRESHES} refreshes: ${(grown / MiB).toFixed(2)} MiB more than after ${WARM}`)
  expect(grown).toBeLessThan(5 * MiB)
  expect(Math.abs(document.querySelectorAll('*').length - elements)).toBeLessThanOrEqual(50)
  expect([...container.querySelectorAll('canvas')]).toEqual(canvases)
})

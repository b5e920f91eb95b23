import { render } from '@solidjs/testing-library'
import { createSignal } from 'solid-js'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import '../styles/tokens.css'
import '../styles/base.css'
import { aLine, chartProps, NOON, someColumns, theColours } from '../../test/a-chart.ts'
import type { ChartColumns, LevelLine } from './chart-columns.ts'
import { type CursorSpot, TimeSeriesChart, type TimeSeriesChartProps } from './TimeSeriesChart.tsx'

const flat = (slots: number, value: number | null = 5) => Array.from({ length: slots }, () => value)

beforeEach(() => page.viewport(800, 600))

async function draw(columns: ChartColumns, changes: Partial<TimeSeriesChartProps> = {}) {
  const [shown, setShown] = createSignal(columns)
  const [props, setProps] = createSignal<Partial<TimeSeriesChartProps>>(changes)
  const { container, unmount } = render(() => (
    <TimeSeriesChart {...chartProps} colours={theColours()} {...props()} columns={shown()} />
  ))
  await expect.poll(() => container.querySelector('canvas')).not.toBeNull()
  const canvas = () => container.querySelector('canvas') ?? expect.unreachable('no canvas')
  const over = () => container.querySelector<HTMLElement>('.u-over') ?? expect.unreachable('no plot')
  await frames()
  return { container, unmount, canvas, over, setShown, setProps }
}

const frames = async () => {
  await new Promise(requestAnimationFrame)
  await new Promise(requestAnimationFrame)
}

/** How many pixels of the plot, from `left` to `right` of its width (0 to 1), are of the series' blue. */
function bluePixels(canvas: HTMLCanvasElement, over: HTMLElement, left: number, right: number): number {
  const ratio = canvas.width / canvas.clientWidth
  const [x, y] = [over.offsetLeft * ratio, over.offsetTop * ratio]
  const [width, height] = [over.clientWidth * ratio, over.clientHeight * ratio]
  const brush = canvas.getContext('2d') ?? expect.unreachable('no context')
  // a line of zeros lies on the lower edge
  const { data } = brush.getImageData(x + width * left, y, width * (right - left), height + 2 * ratio)
  let count = 0
  for (let i = 0; i < data.length; i += 4) {
    const [r = 0, g = 0, b = 0, a = 0] = data.subarray(i, i + 4)
    if (a > 100 && b > 200 && b - r > 40 && b - g > 30) count++
  }
  return count
}

/** A pointer over the plot at a share of its width and height. */
async function point(over: HTMLElement, type: string, x: number, { y = 0.5, button = 0 } = {}) {
  const { left, top, width, height } = over.getBoundingClientRect()
  const target = type === 'mouseup' ? document : over
  target.dispatchEvent(
    new MouseEvent(type, {
      bubbles: true,
      movementX: 1,
      clientX: left + width * x,
      clientY: top + height * y,
      button,
    }),
  )
  await frames() // moves are taken with the next frame
}

describe('new data', () => {
  it('goes into the chart that is there', async () => {
    const { canvas, setShown } = await draw(someColumns([aLine('a', flat(30))]))
    const before = canvas()
    setShown(someColumns([aLine('a', flat(31, 7))]))
    await frames()
    expect(canvas()).toBe(before)
  })

  it('rebuilds it when there are other lines', async () => {
    const { canvas, container, setShown } = await draw(someColumns([aLine('a', flat(30))]))
    const before = canvas()
    setShown(someColumns([aLine('a', flat(30)), aLine('b', flat(30))]))
    await frames()
    expect(canvas()).not.toBe(before)
    expect(container.querySelectorAll('canvas')).toHaveLength(1)
  })

  it('waits for the end of a drag', async () => {
    const { canvas, over, setShown } = await draw(someColumns([aLine('a', flat(30, 5))]))
    await point(over(), 'mousemove', 0.2)
    await point(over(), 'mousedown', 0.2)
    await point(over(), 'mousemove', 0.5)
    setShown(someColumns([aLine('a', flat(30, null))]))
    await frames()
    expect(bluePixels(canvas(), over(), 0, 1)).toBeGreaterThan(50)
    await point(over(), 'mouseup', 0.5)
    await frames()
    expect(bluePixels(canvas(), over(), 0, 1)).toBe(0)
  })

  it('does not wait for a menu, which may swallow the end of a click', async () => {
    const { canvas, over, setShown } = await draw(someColumns([aLine('a', flat(30, 5))]))
    await point(over(), 'mousemove', 0.2)
    await point(over(), 'mousedown', 0.2, { button: 2 })
    setShown(someColumns([aLine('a', flat(30, null))]))
    await frames()
    expect(bluePixels(canvas(), over(), 0, 1)).toBe(0)
  })

  it('leaves the crosshair on its time', async () => {
    const spots: (CursorSpot | undefined)[] = []
    const columns = someColumns([aLine('a', flat(40))])
    const { over, setShown } = await draw(columns, { onCursor: (spot) => spots.push(spot) })
    await point(over(), 'mousemove', 0.5)
    await frames()
    const at = (given: ChartColumns) => given.times[spots.at(-1)?.slot ?? -1]
    const before = at(columns)
    expect(before).toBeDefined()
    const later = someColumns([aLine('a', flat(40))], {
      from: NOON + 100_000,
      to: NOON + 500_000,
      times: Array.from({ length: 40 }, (_, i) => NOON + 100_000 + i * 10_000),
    })
    setShown(later)
    await frames()
    expect(at(later)).toBe(before)
  })
})

describe('what is drawn', () => {
  it('breaks where there is no sample, and shows one between two gaps as a dot', async () => {
    const values = [...flat(10), ...flat(5, null), 5, ...flat(5, null), ...flat(10)]
    const { canvas, over } = await draw(someColumns([aLine('a', values)]))
    expect(bluePixels(canvas(), over(), 0.05, 0.25)).toBeGreaterThan(50)
    expect(bluePixels(canvas(), over(), 0.33, 0.45)).toBe(0)
    const dot = bluePixels(canvas(), over(), 0.46, 0.51)
    expect(dot).toBeGreaterThan(8)
    expect(dot).toBeLessThan(40)
    expect(bluePixels(canvas(), over(), 0.53, 0.65)).toBe(0)
  })

  it('shows a line of zeros', async () => {
    const { canvas, over } = await draw(someColumns([aLine('a', flat(30, 0))]))
    expect(bluePixels(canvas(), over(), 0.1, 0.9)).toBeGreaterThan(100)
  })

  it('leaves out what is switched off', async () => {
    const { canvas, over, setProps } = await draw(someColumns([aLine('a', flat(30))]))
    setProps({ hidden: new Set(['a']) })
    await frames()
    expect(bluePixels(canvas(), over(), 0, 1)).toBe(0)
    setProps({ hidden: new Set<string>() })
    await frames()
    expect(bluePixels(canvas(), over(), 0, 1)).toBeGreaterThan(100)
  })

  it('does not dim the others for a line that is switched off', async () => {
    const lines = [aLine('a', flat(30), { colour: 'orange' }), aLine('b', flat(30))]
    const { canvas, over, setProps } = await draw(someColumns(lines), { hidden: new Set(['a']) })
    const before = bluePixels(canvas(), over(), 0, 1)
    setProps({ hidden: new Set(['a']), highlighted: 'a' })
    await frames()
    expect(bluePixels(canvas(), over(), 0, 1)).toBe(before)
  })

  it('does not let a level far above squeeze the lines', async () => {
    const level: LevelLine = { value: 1_000, colour: 'crit', label: 'critical 1K', axis: 'left' }
    const wave = Array.from({ length: 30 }, (_, i) => (i % 2 ? 1 : 9))
    const near = await draw(someColumns([aLine('a', wave)]))
    const alone = bluePixels(near.canvas(), near.over(), 0, 1)
    near.unmount()
    const far = await draw(someColumns([aLine('a', wave)]), { levels: [level] })
    expect(bluePixels(far.canvas(), far.over(), 0, 1)).toBeGreaterThan(alone * 0.9)
  })

  it('hatches the slots that were missed, under the plot', async () => {
    const columns = someColumns([aLine('a', flat(30))], {
      silent: [{ index: 10, names: ['etcd-1'], all: false }],
    })
    const { canvas, over } = await draw(columns)
    const ratio = canvas().width / canvas().clientWidth
    const brush = canvas().getContext('2d') ?? expect.unreachable('no context')
    const strip = (slot: number) => {
      const x = (over().offsetLeft + (over().clientWidth * (slot + 0.5)) / 30) * ratio
      return brush.getImageData(x, (over().offsetTop + over().clientHeight + 3) * ratio, 1, 1).data[3]
    }
    expect(strip(10)).toBeGreaterThan(0)
    expect(strip(12)).toBe(0)
  })
})

describe('a drag', () => {
  it('asks for the window it spans, and moves nothing itself', async () => {
    const onZoom = vi.fn()
    const { canvas, over } = await draw(someColumns([aLine('a', flat(30))]), { onZoom })
    const before = canvas().toDataURL()
    await point(over(), 'mousemove', 0.2)
    await point(over(), 'mousedown', 0.2)
    await point(over(), 'mousemove', 0.6)
    await point(over(), 'mouseup', 0.6)
    expect(onZoom).toHaveBeenCalledOnce()
    const [from, to] = onZoom.mock.calls[0] ?? []
    expect(Math.abs(from - (NOON + 60_000))).toBeLessThan(1_000)
    expect(Math.abs(to - (NOON + 180_000))).toBeLessThan(1_000)
    await frames()
    expect(canvas().toDataURL()).toBe(before)
  })

  it('of a hand that trembles is none', async () => {
    const onZoom = vi.fn()
    const { over } = await draw(someColumns([aLine('a', flat(30))]), { onZoom })
    await point(over(), 'mousemove', 0.5)
    await point(over(), 'mousedown', 0.5)
    await point(over(), 'mousemove', 0.503)
    await point(over(), 'mouseup', 0.503)
    expect(onZoom).not.toHaveBeenCalled()
  })

  it('is cancelled by Esc', async () => {
    const onZoom = vi.fn()
    const { over } = await draw(someColumns([aLine('a', flat(30))]), { onZoom })
    await point(over(), 'mousemove', 0.2)
    await point(over(), 'mousedown', 0.2)
    await point(over(), 'mousemove', 0.5)
    await userEvent.keyboard('{Escape}')
    await point(over(), 'mousemove', 0.7)
    await point(over(), 'mouseup', 0.7)
    expect(onZoom).not.toHaveBeenCalled()
    await point(over(), 'mousedown', 0.2)
    await point(over(), 'mousemove', 0.6)
    await point(over(), 'mouseup', 0.6)
    expect(onZoom).toHaveBeenCalledOnce()
  })
})

it('takes a double click for the way back, and does not rescale itself', async () => {
  const onReset = vi.fn()
  const columns = someColumns([aLine('a', flat(30))], { from: NOON - 600_000 })
  const { canvas, over } = await draw(columns, { onReset })
  const before = canvas().toDataURL()
  await point(over(), 'dblclick', 0.5)
  await frames()
  expect(onReset).toHaveBeenCalledOnce()
  expect(canvas().toDataURL()).toBe(before)
})

it('shares the time of its crosshair with the other charts of the page', async () => {
  const spots: (number | undefined)[] = []
  const columns = someColumns([aLine('a', flat(40))])
  const one = await draw(columns)
  await draw(columns, { onCursor: (spot) => spots.push(spot?.slot) })
  await point(one.over(), 'mousemove', 0.5)
  await frames()
  expect(spots.at(-1)).toBe(20)
  await point(one.over(), 'mouseleave', 0.5)
  await frames()
  expect(spots.at(-1)).toBeUndefined()
})

it('keeps its height however often it is resized, and fills its width', async () => {
  const { container, canvas } = await draw(someColumns([aLine('a', flat(30))]))
  const host = container.querySelector('figure') ?? expect.unreachable('no chart')
  const height = host.clientHeight
  for (let width = 400; width < 600; width += 10) {
    container.style.setProperty('width', `${width}px`)
    await frames()
  }
  await expect.poll(() => canvas().clientWidth).toBe(host.clientWidth)
  expect(host.clientHeight).toBe(height)
  expect(canvas().clientHeight).toBe(height)
})

it('leaves nothing behind', async () => {
  const { container, unmount } = await draw(someColumns([aLine('a', flat(30))]))
  unmount()
  expect(container.querySelector('canvas')).toBeNull()
})

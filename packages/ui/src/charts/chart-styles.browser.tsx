import { render } from '@solidjs/testing-library'
import { beforeEach, describe, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import '../styles/tokens.css'
import '../styles/base.css'
import { aLine, chartProps, someColumns, theColours } from '../../test/a-chart.ts'
import type { ChartColumns } from './chart-columns.ts'
import { drawLanes } from './plot-lanes.ts'
import { TimeSeriesChart, type TimeSeriesChartProps } from './TimeSeriesChart.tsx'

const SLOTS = 20
const flat = (value: number | null, slots = SLOTS) => Array.from({ length: slots }, () => value)
/** Of the palette, on the dark surface. */
const BLUE = [157, 181, 247] as const
const ORANGE = [245, 183, 74] as const
const CRIT = [255, 129, 120] as const

beforeEach(() => page.viewport(800, 600))

async function draw(columns: ChartColumns, changes: Partial<TimeSeriesChartProps> = {}) {
  const { container } = render(() => (
    <TimeSeriesChart {...chartProps} colours={theColours()} {...changes} columns={columns} />
  ))
  await expect.poll(() => container.querySelector('canvas')).not.toBeNull()
  await new Promise(requestAnimationFrame)
  await new Promise(requestAnimationFrame)
  const canvas = container.querySelector('canvas') ?? expect.unreachable('no canvas')
  const over = container.querySelector<HTMLElement>('.u-over') ?? expect.unreachable('no plot')
  const ratio = canvas.width / canvas.clientWidth
  const brush = canvas.getContext('2d') ?? expect.unreachable('no context')
  /** Share of the pixels of a part of the plot (0 to 1 of its width and height) that have the hue of a line. */
  return (colour: readonly [number, number, number], [x, y, width, height]: readonly number[]): number => {
    const [plotWidth, plotHeight] = [over.clientWidth * ratio, over.clientHeight * ratio]
    const { data } = brush.getImageData(
      over.offsetLeft * ratio + plotWidth * (x ?? 0),
      over.offsetTop * ratio + plotHeight * (y ?? 0),
      plotWidth * (width ?? 1),
      plotHeight * (height ?? 1),
    )
    let count = 0
    for (let i = 0; i < data.length; i += 4) {
      const near = colour.every((part, k) => Math.abs((data[i + k] ?? 0) - part) < 40)
      if (near && (data[i + 3] ?? 0) > 20) count++
    }
    return count / (data.length / 4)
  }
}

const WHOLE = [0, 0, 1, 1]
/** Of one slot of 20, the whole height. */
const slot = (index: number, share = 1) => [(index + 0.1) / SLOTS, 0, (0.8 * share) / SLOTS, 1]

describe('styles', () => {
  it('bars: one a slot from zero, none where the value is 0 or missing, several side by side', async () => {
    const values = [...flat(0, 5), 4, ...flat(null, 14)]
    const share = await draw(
      someColumns([
        aLine('a', values, { style: 'bars' }),
        aLine('b', values, { style: 'bars', colour: 'orange' }),
      ]),
    )
    expect(share(BLUE, slot(5, 0.4))).toBeGreaterThan(0.5)
    expect(share(ORANGE, slot(5, 0.4))).toBe(0)
    expect(share(ORANGE, slot(5))).toBeGreaterThan(0.3)
    expect(share(BLUE, slot(4)) + share(BLUE, slot(7)) + share(ORANGE, slot(7))).toBe(0)
  })

  it('step: constant to the next sample', async () => {
    const share = await draw(someColumns([aLine('a', [...flat(1, 10), ...flat(9, 10)], { style: 'step' })]))
    const lower = [0.3, 0.85, 0.15, 0.1]
    const between = [9.1 / SLOTS, 0.3, 0.7 / SLOTS, 0.4]
    expect(share(BLUE, lower)).toBeGreaterThan(0)
    expect(share(BLUE, between)).toBe(0)
  })

  it('points: no line between them', async () => {
    const values = flat(null).map((_, index) => (index === 5 || index === 15 ? 4 : null))
    const share = await draw(someColumns([aLine('a', values, { style: 'points' })]))
    expect(share(BLUE, [4.5 / SLOTS, 0, 1 / SLOTS, 1])).toBeGreaterThan(0)
    expect(share(BLUE, [0.35, 0, 0.3, 1])).toBe(0)
  })

  it('points of neighbours are not joined either', async () => {
    const wide = await draw(someColumns([aLine('a', [1, 9, 1, 9, 1], { style: 'points' })]))
    const line = await draw(someColumns([aLine('a', [1, 9, 1, 9, 1])]))
    expect(wide(BLUE, WHOLE)).toBeLessThan(line(BLUE, WHOLE) / 2)
  })

  it('dashed: less of a line than a solid one', async () => {
    const dashed = await draw(someColumns([aLine('a', flat(5), { style: 'dashed' })]))
    const solid = await draw(someColumns([aLine('a', flat(5))]))
    expect(dashed(BLUE, WHOLE)).toBeGreaterThan(0)
    expect(dashed(BLUE, WHOLE)).toBeLessThan(solid(BLUE, WHOLE) * 0.7)
  })
})

describe('a band', () => {
  const band = { min: flat(1), max: flat(9), top: 9 }
  const level = { value: 7, colour: 'crit', label: 'critical 7', axis: 'left' } as const

  it('is within the axis, filled or as a line of the largest', async () => {
    const plain = await draw(someColumns([aLine('a', flat(5))]))
    expect(plain(BLUE, [0, 0, 1, 0.1])).toBe(0)
    const topped = await draw(someColumns([aLine('a', flat(5), { band: { max: flat(9), top: 9 } })]))
    expect(topped(BLUE, [0, 0, 1, 0.2])).toBeGreaterThan(0)
    expect(topped(BLUE, [0, 0.3, 1, 0.1])).toBe(0)
  })

  it.each(['line', 'band'] as const)('that alone crosses a level has it in sight (%s)', async (kind) => {
    const spike = { ...(kind === 'band' && { min: flat(1) }), max: flat(9), top: 9 }
    const share = await draw(someColumns([aLine('a', flat(1), { band: spike })]), { levels: [level] })
    expect(share(CRIT, [0.5, 0.1, 0.5, 0.3])).toBeGreaterThan(0)
  })

  it('of a line that is switched off brings no level into sight', async () => {
    const lines = [aLine('a', flat(1), { band: { max: flat(9), top: 9 } }), aLine('b', flat(1))]
    const share = await draw(someColumns(lines), { levels: [level], hidden: new Set(['a']) })
    expect(share(CRIT, [0, 0.2, 0.5, 0.8])).toBe(0)
  })

  it('of many lines is drawn for the highlighted one alone', async () => {
    const lines = ['a', 'b', 'c', 'd'].map((key) => aLine(key, flat(5), { colour: 'orange' }))
    const banded = [aLine('e', flat(5), { band: { max: band.max, top: 9 } }), ...lines]
    const calm = await draw(someColumns(banded))
    expect(calm(BLUE, [0, 0, 1, 0.2])).toBe(0)
  })

  it('breaks where there is no sample', async () => {
    const max = [...flat(9, 8), ...flat(null, 4), ...flat(9, 8)]
    const share = await draw(someColumns([aLine('a', flat(5), { band: { max, top: 9 } })]))
    expect(share(BLUE, [0.1, 0, 0.2, 0.2])).toBeGreaterThan(0)
    expect(share(BLUE, [8.2 / SLOTS, 0, 3.5 / SLOTS, 0.2])).toBe(0)
  })
})

it('lanes fill where a state is on, outline where it is off, and leave out what is not known', async () => {
  const values = [...flat(1, 10), ...flat(0, 5), ...flat(null, 5)]
  const share = await draw(
    someColumns([aLine('a', values, { style: 'step' }), aLine('b', flat(1), { colour: 'orange' })]),
    { lanes: drawLanes },
  )
  const on = share(BLUE, [0.2, 0, 0.1, 0.5])
  const off = share(BLUE, [0.55, 0, 0.1, 0.5])
  expect(on).toBeGreaterThan(0.1)
  expect(off).toBeGreaterThan(0)
  expect(off).toBeLessThan(on / 4)
  expect(share(BLUE, [0.8, 0, 0.15, 1])).toBe(0)
  expect(share(ORANGE, [0.2, 0.5, 0.6, 0.5])).toBeGreaterThan(0.1)
})

it('gives a scale of its own to a series without an axis, and ends to a share', async () => {
  const share = await draw(
    someColumns([aLine('a', flat(1_000_000)), aLine('b', flat(5), { axis: 'own', colour: 'orange' })]),
  )
  expect(share(ORANGE, [0, 0, 1, 0.5])).toBeGreaterThan(0)
  const fixed = await draw(someColumns([aLine('a', flat(0.02), { unit: 'ratio' })]), {
    left: 'ratio',
    y: [0, 1],
  })
  expect(fixed(BLUE, [0, 0, 1, 0.9])).toBe(0)
  expect(fixed(BLUE, [0, 0.95, 1, 0.05])).toBeGreaterThan(0)
})

it('draws every level that lies inside fixed ends', async () => {
  const ratios = someColumns([aLine('a', flat(0.1), { unit: 'ratio' })])
  const level = { value: 0.55, colour: 'crit', label: 'critical 55 %', axis: 'left' } as const
  const share = await draw(ratios, { left: 'ratio', y: [0, 1], levels: [level] })
  expect(share(CRIT, [0.4, 0.4, 0.4, 0.1])).toBeGreaterThan(0)
  expect(share(CRIT, [0.4, 0, 0.6, 0.3])).toBe(0) // no mark at the upper edge
})

it('does not begin a revision at 0', async () => {
  const rising = flat(null).map((_, index) => 1_000_000 + index)
  const share = await draw(someColumns([aLine('a', rising, { unit: 'revision' })]), { left: 'revision' })
  expect(share(BLUE, [0, 0.6, 0.3, 0.4])).toBeGreaterThan(0)
  expect(share(BLUE, [0.7, 0, 0.3, 0.4])).toBeGreaterThan(0)
})

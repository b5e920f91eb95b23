import { expect, it } from 'vitest'
import { AppError } from '../../errors.ts'
import { checkParts, effectiveStep, finest, type Horizon } from './finest.ts'

const DAY = 86_400_000
const limits = { ticks: 20_160, parts: 5_000_000 }

interface Asked {
  readonly span: number
  readonly step?: number
  readonly interval?: number
  readonly horizon?: Horizon
}
const partsOf = ({ span, step = 300_000, interval = 30_000, horizon }: Asked) =>
  finest({ from: 100 * DAY - span, span, step }, { interval, horizon, limits })

it.each([
  [7 * DAY, 600, 'ticks', 30],
  [7 * DAY + 1_000, 600, 'slots', 300],
  [7 * DAY + 1_000, 420, 'slots', 420],
  [31 * DAY, 1_800, 'slots', 300],
  [31 * DAY + 1_000, 7_200, 'slots', 1_800],
  [90 * DAY, 900, 'slots', 900],
])('reads a span of %i ms at a step of %i s by %s of %i s', (span, step, kind, length) => {
  expect(partsOf({ span, step: step * 1_000 })).toEqual({ kind, length: length * 1_000 })
})

it('counts ticks, not hours: a day at one second is more than a store reads singly', () => {
  expect(partsOf({ span: DAY, interval: 1_000 }).kind).toBe('slots')
  expect(partsOf({ span: 20_160_000, interval: 1_000 }).kind).toBe('ticks')
})

it.each([
  [DAY, 93 * DAY, 'ticks', 30],
  [7 * DAY, 93 * DAY, 'ticks', 30],
  [7 * DAY, 93 * DAY + 1, 'slots', 300],
  [40 * DAY, 93 * DAY, 'slots', 1_800],
])(
  'R24 reads a span of %i ms where single samples begin at %i by %s of %i s',
  (span, ticks, kind, length) => {
    const horizon = { ticks, rollups: 10 * DAY }
    expect(partsOf({ span, step: 1_800_000, horizon })).toEqual({ kind, length: length * 1_000 })
  },
)

it('reads by ticks before the first data: nothing was removed', () => {
  expect(partsOf({ span: DAY, horizon: { ticks: 99.5 * DAY, rollups: 99.5 * DAY } }).kind).toBe('ticks')
  expect(partsOf({ span: DAY }).kind).toBe('ticks')
})

it.each([
  [60, 300],
  [300, 300],
  [420, 600],
  [1_800, 1_800],
])('R24 raises a step of %i s in an old window to %i s', (step, raised) => {
  const horizon = { ticks: 93 * DAY, rollups: 10 * DAY }
  expect(effectiveStep(step * 1_000, 92 * DAY, horizon, 30_000)).toBe(raised * 1_000)
  expect(effectiveStep(step * 1_000, 93 * DAY + DAY, horizon, 30_000)).toBe(step * 1_000)
  expect(effectiveStep(step * 1_000, 92 * DAY, { ticks: 93 * DAY, rollups: 93 * DAY }, 1_000)).toBe(
    step * 1_000,
  )
})

it('counts a window as old whose first slot begins before single samples do', () => {
  const horizon = { ticks: 93 * DAY, rollups: 10 * DAY }
  expect(effectiveStep(7_000_000, 93 * DAY, horizon, 30_000)).toBe(7_200_000) // aligned, it begins earlier
})

it('R25 refuses more parts than the store reads, and says how many names fit', () => {
  const parts = partsOf({ span: 7 * DAY, step: 600_000 })
  const window = { from: 0, to: 7 * DAY + 600_000 }
  expect(() => checkParts(parts, window, { names: 82, members: 3 }, limits)).not.toThrow()
  let refused: unknown
  try {
    checkParts(parts, window, { names: 90, members: 3 }, limits)
  } catch (error) {
    refused = error
  }
  expect(refused).toBeInstanceOf(AppError)
  expect(refused).toMatchObject({ code: 'too_many_metrics', details: { max: 82 } })
})

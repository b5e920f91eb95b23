import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AppError } from '../../errors.ts'
import { holdsEntries, planWindow, type WindowRequest, widenWindow } from './plan-window.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const TO = 1_790_000_003_000

const ask = (over: Partial<WindowRequest> & { span?: number } = {}) => {
  const { span = HOUR, ...rest } = over
  return planWindow({ from: TO - span, to: TO, interval: 30_000, names: 1, members: 1, ...rest })
}
const refusal = (over: Parameters<typeof ask>[0]) => {
  try {
    ask(over)
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, ...error.details }
    throw error
  }
  return undefined
}

it('aligns the window of api.md 5.3 outwards to the step', () => {
  expect(ask()).toEqual({
    from: 1_789_996_380_000,
    to: 1_790_000_010_000,
    step: 30_000,
    slots: 121,
    span: HOUR,
  })
})

it.each([
  [30 * 60_000, 30],
  [30 * 60_000 + 1_000, 30],
  [2 * HOUR, 30],
  [2 * HOUR + 1_000, 120],
  [12 * HOUR, 120],
  [48 * HOUR, 300],
  [7 * DAY, 600],
  [31 * DAY, 1_800],
  [31 * DAY + 1_000, 7_200],
  [90 * DAY, 7_200],
])('gives a span of %i ms a default step of %i s', (span, step) => {
  expect(ask({ span }).step).toBe(step * 1_000)
})

it('raises default and asked steps to the collector interval', () => {
  expect(ask({ span: 60_000, interval: 5_000 }).step).toBe(5_000)
  expect(ask({ interval: 60_000 }).step).toBe(60_000)
  expect(ask({ step: 1_000 }).step).toBe(30_000)
  expect(ask({ step: 45_000 }).step).toBe(45_000)
})

it('R17 keeps 131 names over 7 d at 600 s, and grows the step of 200 names over 90 d', () => {
  expect(ask({ span: 7 * DAY, names: 131 }).step).toBe(600_000)
  const grown = ask({ span: 90 * DAY, names: 200 })
  expect(grown.step).toBe(14_400_000)
  expect(grown.slots * 200).toBeLessThanOrEqual(150_000)
})

it('R15 refuses an explicit step that gives too many slots, and names one that works', () => {
  const refused = refusal({ span: 90 * DAY, step: 1_000 })
  expect(refused).toMatchObject({ code: 'too_many_points', max: 10_000 })
  const { min_step } = refused as unknown as { min_step: number }
  expect(ask({ span: 90 * DAY, step: min_step * 1_000 }).slots).toBeLessThanOrEqual(10_000)
  expect(refusal({ span: 90 * DAY, step: (min_step - 1) * 1_000 })).toMatchObject({ code: 'too_many_points' })
})

it('refuses more names than fit even at a step of a day', () => {
  expect(refusal({ span: 90 * DAY, names: 200, members: 64 })).toEqual({ code: 'too_many_metrics', max: 25 })
  expect(refusal({ span: 90 * DAY, names: 200, members: 64, step: DAY })).toEqual({
    code: 'too_many_metrics',
    max: 25,
  })
})

it('grows the step when names turn out to have more series, and keeps the span that was asked for', () => {
  const planned = ask({ span: 48 * HOUR, names: 1, members: 3 })
  expect(planned).toMatchObject({ step: 300_000, slots: 577 })
  const counts = { members: 3, isStepGiven: false }
  expect(widenWindow(planned, { ...counts, names: 86 })).toEqual(planned)
  const grown = widenWindow(planned, { ...counts, names: 87 })
  expect(grown).toMatchObject({ step: 1_800_000, slots: 97, span: 48 * HOUR })
  expect(grown.from).toBeLessThanOrEqual(planned.from)
  expect(holdsEntries(planned, 3 * 86)).toBe(true)
  expect(holdsEntries(planned, 3 * 87)).toBe(false)
})

it('refuses a given step for which names turn out to have too many series', () => {
  const planned = ask({ span: 48 * HOUR, step: 300_000 })
  expect(() => widenWindow(planned, { names: 300, members: 1, isStepGiven: true })).toThrow(
    expect.objectContaining({ code: 'too_many_points', details: { max: 500, min_step: 347 } }),
  )
})

it('R24 keeps old windows at whole rollups: the default step, a given one, and the least that fits', () => {
  const horizon = { ticks: TO - HOUR, rollups: TO - 90 * DAY }
  expect(ask({ span: 2 * HOUR, horizon })).toMatchObject({ step: 300_000, slots: 25 })
  expect(ask({ span: 2 * HOUR, step: 420_000, horizon }).step).toBe(600_000)
  expect(refusal({ span: 89 * DAY, step: 60_000, horizon })).toEqual({
    code: 'too_many_points',
    max: 10_000,
    min_step: 900,
  })
})

it('plans a window for no names', () => {
  expect(ask({ names: 0 }).slots).toBe(121)
})

it('holds the window that was asked for in whole slots within the caps, whatever is asked', () => {
  const request = fc.record({
    span: fc.integer({ min: 1, max: 7_776_000 }).map((seconds) => seconds * 1_000),
    to: fc.integer({ min: 1_600_000_000, max: 1_900_000_000 }).map((seconds) => seconds * 1_000),
    interval: fc.integer({ min: 1, max: 3_600 }).map((seconds) => seconds * 1_000),
    names: fc.integer({ min: 1, max: 200 }),
    members: fc.integer({ min: 1, max: 8 }),
    step: fc.option(fc.integer({ min: 1, max: 86_400 }).map((seconds) => seconds * 1_000)),
  })
  fc.assert(
    fc.property(request, ({ span, to, interval, names, members, step }) => {
      const from = to - span
      try {
        const plan = planWindow({ from, to, interval, names, members, ...(step !== null && { step }) })
        expect(plan.from % plan.step).toBe(0)
        expect(plan.to - plan.from).toBe(plan.slots * plan.step)
        expect(plan.from).toBeLessThanOrEqual(from)
        expect(plan.to).toBeGreaterThanOrEqual(to)
        expect(plan.slots).toBeLessThanOrEqual(Math.min(10_000, 150_000 / (names * members)))
        expect(plan.step).toBeGreaterThanOrEqual(interval)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        expect(step).not.toBeNull()
        const { min_step } = error.details as { min_step: number }
        const again = planWindow({ from, to, interval, names, members, step: min_step * 1_000 })
        expect(again.step).toBe(min_step * 1_000)
      }
    }),
  )
})

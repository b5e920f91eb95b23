import { expect, it } from 'vitest'
import { AppError } from '../errors.ts'
import { checkParts, finest } from './finest.ts'

const DAY = 86_400_000
const limits = { ticks: 20_160, parts: 5_000_000 }

it.each([
  [7 * DAY, 600, 'ticks', 30],
  [7 * DAY + 1_000, 600, 'slots', 300],
  [7 * DAY + 1_000, 420, 'slots', 420],
  [31 * DAY, 1_800, 'slots', 300],
  [31 * DAY + 1_000, 7_200, 'slots', 1_800],
  [90 * DAY, 900, 'slots', 900],
])('reads a span of %i ms at a step of %i s by %s of %i s', (span, step, kind, length) => {
  expect(finest({ span, step: step * 1_000 }, 30_000, limits)).toEqual({ kind, length: length * 1_000 })
})

it('counts ticks, not hours: a day at one second is more than a store reads singly', () => {
  expect(finest({ span: DAY, step: 300_000 }, 1_000, limits).kind).toBe('slots')
  expect(finest({ span: 20_160_000, step: 300_000 }, 1_000, limits).kind).toBe('ticks')
})

it('R25 refuses more parts than the store reads, and says how many names fit', () => {
  const parts = finest({ span: 7 * DAY, step: 600_000 }, 30_000, limits)
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

import { describe, expect, it } from 'vitest'
import { formatFullInstant, formatInstant, formatTimeTicks, formatWindow, formatZone } from './format-time.ts'
import { isRepeatedHour, offsetMinutes, toWallTime } from './zoned-time.ts'

const BERLIN = 'Europe/Berlin'
const at = (iso: string) => Date.parse(iso)
const now = at('2026-09-21T12:30:00Z')

describe('formatInstant', () => {
  it.each([
    ['2026-09-21T12:02:10Z', BERLIN, '14:02:10'],
    ['2026-09-21T12:02:10Z', 'UTC', '12:02:10'],
    ['2026-09-20T22:30:00Z', BERLIN, '00:30:00'],
    ['2026-09-20T22:30:00Z', 'UTC', '20 Sep 22:30'],
    ['2025-09-21T12:02:10Z', BERLIN, '2025-09-21 14:02'],
    ['2025-12-31T23:30:00Z', BERLIN, '1 Jan 00:30'],
  ])('says of %s in %s: %s', (iso, zone, text) => {
    expect(formatInstant(at(iso), { now, zone })).toBe(text)
  })
})

it('carries the zone in tooltips', () => {
  expect(formatFullInstant(at('2026-09-21T12:02:10Z'), BERLIN)).toBe('21 Sep 14:02:10 (Europe/Berlin +02:00)')
  expect(formatZone(at('2026-01-21T12:02:10Z'), BERLIN)).toBe('Europe/Berlin +01:00')
  expect(formatZone(now, 'UTC')).toBe('UTC')
  expect(formatZone(now, 'America/St_Johns')).toBe('America/St_Johns -02:30')
})

it.each([
  ['2026-09-21T12:00:00Z', '2026-09-21T13:30:00Z', '21 Sep 14:00 – 15:30'],
  ['2026-09-21T12:00:05Z', '2026-09-21T13:30:00Z', '21 Sep 14:00:05 – 15:30:00'],
  ['2026-09-20T12:00:00Z', '2026-09-21T13:30:00Z', '20 Sep 14:00 – 21 Sep 15:30'],
])('names the window from %s to %s', (from, to, text) => {
  expect(formatWindow(at(from), at(to), BERLIN)).toBe(text)
})

describe('the night of the time change', () => {
  const first = at('2026-10-25T00:30:00Z')
  const second = at('2026-10-25T01:30:00Z')

  it('shows the doubled hour twice, with its offset', () => {
    const ticks = [at('2026-10-24T23:30:00Z'), first, second, at('2026-10-25T02:30:00Z')]
    expect(formatTimeTicks(ticks, 3_600_000, BERLIN)).toEqual([
      '01:30',
      '02:30 +02:00',
      '02:30 +01:00',
      '03:30',
    ])
  })

  it('knows the repeated hour from its neighbours', () => {
    expect([first, second].map((instant) => isRepeatedHour(instant, BERLIN))).toEqual([true, true])
    expect(isRepeatedHour(at('2026-03-29T01:30:00Z'), BERLIN)).toBe(false)
    expect(isRepeatedHour(first, 'UTC')).toBe(false)
    expect([offsetMinutes(first, BERLIN), offsetMinutes(second, BERLIN)]).toEqual([120, 60])
  })
})

it('labels ticks with seconds, times or days as they lie apart', () => {
  const midnight = at('2026-09-20T22:00:00Z')
  expect(formatTimeTicks([midnight - 10_000, midnight, midnight + 10_000], 10_000, BERLIN)).toEqual([
    '23:59:50',
    '21 Sep',
    '00:00:10',
  ])
  expect(formatTimeTicks([midnight, midnight + 300_000], 300_000, BERLIN)).toEqual(['21 Sep', '00:05'])
  expect(formatTimeTicks([midnight], 86_400_000, BERLIN)).toEqual(['21 Sep'])
})

it('refuses a zone that does not exist', () => {
  expect(() => toWallTime(now, 'Mars/Base')).toThrow(RangeError)
})

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseWallTime, printWallTime, wallInstants } from './wall-instants.ts'

const BERLIN = 'Europe/Berlin'
const instants = (text: string, zone = BERLIN) =>
  wallInstants(parseWallTime(text) ?? expect.unreachable('no time'), zone).map((at) =>
    new Date(at).toISOString(),
  )

it('finds an hour that the clocks show twice twice', () => {
  expect(instants('2026-10-25T02:30:00')).toEqual(['2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z'])
  expect(instants('2026-10-25T03:00:00')).toEqual(['2026-10-25T02:00:00.000Z'])
})

it('finds an hour that they skip not at all', () => {
  expect(instants('2026-03-29T02:30:00')).toEqual([])
  expect(instants('2026-03-29T03:00:00')).toEqual(['2026-03-29T01:00:00.000Z'])
  expect(instants('2026-10-25T02:30:00', 'UTC')).toEqual(['2026-10-25T02:30:00.000Z'])
})

it('finds every instant by what it prints', () => {
  const at = fc.integer({ min: 1_600_000_000, max: 1_900_000_000 })
  fc.assert(
    fc.property(at, fc.constantFrom(BERLIN, 'UTC', 'America/New_York', 'Asia/Kolkata'), (seconds, zone) => {
      const wall = parseWallTime(printWallTime(seconds * 1_000, zone))
      expect(wall && wallInstants(wall, zone)).toContain(seconds * 1_000)
    }),
    { numRuns: 50 },
  )
})

it.each(['', '2026-02-30T00:00:00', '2026-13-01T00:00', 'now', '21 Sep'])(
  'takes no %s for a time',
  (text) => {
    expect(parseWallTime(text)).toBeUndefined()
  },
)

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { zoomWindow } from './zoom-window.ts'

const now = 10_000_000

describe('zoomWindow', () => {
  it('rounds outwards to the step', () => {
    expect(zoomWindow(100_001, 399_999, 30_000, now)).toEqual({ kind: 'fixed', start: 90, end: 420 })
  })

  it('is at least 4 steps and 60 s, around its middle', () => {
    expect(zoomWindow(1_000_000, 1_001_000, 5_000, now)).toEqual({ kind: 'fixed', start: 970, end: 1_035 })
    expect(zoomWindow(1_000_000, 1_001_000, 60_000, now)).toEqual({ kind: 'fixed', start: 840, end: 1_140 })
  })

  it('ends at now at the latest', () => {
    expect(zoomWindow(now - 1_000, now + 500_000, 10_000, now)).toEqual({
      kind: 'fixed',
      start: 9_940,
      end: 10_000,
    })
  })

  it('holds what was dragged, on the grid of the step', () => {
    const instant = fc.integer({ min: 0, max: now })
    const step = fc.constantFrom(5_000, 10_000, 30_000, 120_000, 300_000)
    fc.assert(
      fc.property(instant, instant, step, (a, b, apart) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)]
        const window = zoomWindow(from, to, apart, now)
        if (window.kind !== 'fixed') return expect.unreachable('a zoom is a fixed window')
        const { start, end } = window
        expect(start).toBeLessThanOrEqual(from / 1_000)
        expect(end).toBeGreaterThanOrEqual(to / 1_000)
        expect([(start * 1_000) % apart, (end * 1_000) % apart]).toEqual([0, 0])
        if (start > 0) expect(end - start).toBeGreaterThanOrEqual(Math.max(60, (4 * apart) / 1_000))
      }),
    )
  })
})

import { parseRange } from '@etcdmonitor/core/metrics/slots/parse-range'
import { expect, it } from 'vitest'
import { PRESETS } from '../url/monitor-url.ts'
import { TIME_LABEL_WIDTH, TIME_STEPS } from './time-steps.ts'

/** Widths of a plot on a phone, and of one of two on a screen. */
const WIDTHS = [250, 570]

it.each(PRESETS)('gives a window of %s two labels or more at any width', (preset) => {
  const seconds = parseRange(preset) ?? expect.unreachable(preset)
  for (const width of WIDTHS) {
    const step = TIME_STEPS.find((one) => (one / seconds) * width >= TIME_LABEL_WIDTH)
    expect(Math.floor(seconds / (step ?? seconds)), `${width} px`).toBeGreaterThanOrEqual(2)
  }
})

it('ascends', () => {
  expect(TIME_STEPS).toEqual(TIME_STEPS.toSorted((one, other) => one - other))
})

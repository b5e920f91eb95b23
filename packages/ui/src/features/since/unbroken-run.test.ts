import { describe, expect, it } from 'vitest'
import { unbrokenRun } from './unbroken-run.ts'

const times = [0, 300_000, 600_000, 900_000]
const NOW = 1_000_000

describe('unbrokenRun', () => {
  it.each([
    [
      'counts from the slot after the last one in which it did not lead all the time',
      [1, 0, 1, 1],
      400_000,
      'least',
    ],
    ['leaves out the newest slot while that has no sample', [1, 0, 1, null], 400_000, 'least'],
    ['says at least when it led through the whole window', [1, 1, 1, 1], 1_000_000, 'least'],
    ['says at least when nothing is known of the time before', [1, null, 1, 1], 100_000, 'least'],
    ['says at most when it became leader inside the newest slot', [1, 1, 1, 0], 100_000, 'most'],
  ] as const)('%s', (_, led, length, bound) => {
    expect(unbrokenRun(times, led, NOW)).toEqual({ length, bound })
  })

  it('is exact where the slot in which it began is little of it', () => {
    const led = [1, 0, ...Array.from({ length: 30 }, () => 1)]
    const slots = led.map((_, slot) => slot * 300_000)
    expect(unbrokenRun(slots, led, 32 * 300_000)).toEqual({ length: 30 * 300_000, bound: 'exact' })
  })

  it.each([
    ['without any sample', [null, null, null, null]],
    ['while all that is known began inside the newest slot', [null, null, null, 1]],
    ['when the newest samples are old', [1, 1, null, null]],
    ['when a slot that is over says that it did not lead', [1, 1, 0, null]],
  ] as const)('says nothing %s', (_, led) => {
    expect(unbrokenRun(times, led, NOW)).toBeUndefined()
  })
})

import { describe, expect, it } from 'vitest'
import { dirtyRanges, judgeSlots } from './clean-slots.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const { NaN: NONE } = Number

describe('a slot of the server', () => {
  it('is clean between two ticks of its group, and covers the time between them', () => {
    const at = Float64Array.of(10 * MINUTE, NONE, 30 * MINUTE)
    const { covered, isDirty } = judgeSlots(
      { at, mark: Float64Array.of(0, NONE, 0), seam: MINUTE },
      10 * MINUTE,
    )
    expect([...covered]).toEqual([540, 0, 1_200])
    expect([...isDirty]).toEqual([0, 0, 0])
  })

  it('is dirty with a mark, without a predecessor, and when that lies out of sight', () => {
    const at = Float64Array.of(10 * MINUTE, 20 * MINUTE, 20 * MINUTE + 4 * HOUR)
    const marked = judgeSlots({ at, mark: Float64Array.of(0, 1, 0), seam: NONE }, 10 * MINUTE)
    expect([...marked.isDirty]).toEqual([1, 1, 1])
    expect([...marked.covered]).toEqual([0, 0, 0])
    const wide = judgeSlots({ at, mark: Float64Array.of(0, 0, 0), seam: 5 * MINUTE }, 2 * HOUR)
    expect([...wide.isDirty]).toEqual([0, 0, 0])
  })

  it('is read with the dirty ones that are near', () => {
    const isDirty = Uint8Array.of(0, 1, 1, 0, 1, 0, 0, 0, 1)
    expect(dirtyRanges(isDirty, 30 * MINUTE)).toEqual([
      { first: 1, end: 5 },
      { first: 8, end: 9 },
    ])
    expect(dirtyRanges(isDirty, 15 * MINUTE)).toEqual([{ first: 1, end: 9 }])
    expect(dirtyRanges(new Uint8Array(3), MINUTE)).toEqual([])
  })
})

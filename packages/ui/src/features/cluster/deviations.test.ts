import { describe, expect, it } from 'vitest'
import { byIndex, byMajority, byMedian, bySize } from './deviations.ts'

/** Places that differ. */
const places = (found: ReturnType<typeof bySize>) => found.flatMap((one, at) => (one ? [at] : []))

describe('deviations', () => {
  it('marks the version that few have, and none that is not known', () => {
    expect(places(byMajority(['3.5.21', '3.5.18', '3.5.21']))).toEqual([1])
    expect(places(byMajority(['', '3.5.21', '']))).toEqual([])
    expect(places(byMajority(['3.5.18', '3.5.21']))).toEqual([1])
  })

  it('marks who is more than 100 entries behind, exactly, beyond what a double holds', () => {
    expect(byIndex([18446744073709551615n, 18446744073709551515n, 18446744073709551514n, null])).toEqual([
      undefined,
      undefined,
      { amount: '101' },
      undefined,
    ])
  })

  it('marks files that are more than a quarter away from the median', () => {
    expect(bySize([100, 100, 126])).toEqual([undefined, undefined, { amount: '26 %' }])
    expect(places(bySize([100, 74, 100]))).toEqual([1])
    expect(places(bySize([100, 125, 75]))).toEqual([])
    expect(places(bySize([0, 0, 5, null]))).toEqual([])
  })

  it('marks who is three times as slow, when that is slow at all', () => {
    const isNotable = (value: number) => value > 0.01
    expect(byMedian([0.008, 0.007, 0.041], isNotable)).toEqual([undefined, undefined, { amount: '5.1' }])
    expect(places(byMedian([0.001, 0.001, 0.009], isNotable))).toEqual([])
    expect(places(byMedian([0.02, 0.05], isNotable))).toEqual([])
    expect(places(byMedian([null, 0.05, null], isNotable))).toEqual([])
  })
})

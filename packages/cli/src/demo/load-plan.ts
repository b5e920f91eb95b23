/** How many calls of each kind the load makes in one second. */
export interface SecondPlan {
  readonly puts: number
  readonly deletes: number
  readonly ranges: number
  readonly txns: number
  readonly leases: number
  /** Bytes of each value put. */
  readonly valueBytes: number
}

const WAVE = 150
const PEAK_EVERY = 120
const PEAK_LENGTH = 8

/**
 * The load of second `n` since the start: steady, with a slow wave on it, and a peak of eight seconds in every two minutes,
 * the first after 20 s, so that whoever looks sees something happen. At most 240 calls.
 */
export function planSecond(n: number): SecondPlan {
  const wave = (1 + Math.sin((2 * Math.PI * n) / WAVE)) / 2
  const isPeak = (n + PEAK_EVERY - 20) % PEAK_EVERY < PEAK_LENGTH && n >= 20
  return {
    puts: Math.round(10 + 15 * wave) + (isPeak ? 90 : 0),
    deletes: Math.round(4 + 6 * wave),
    ranges: Math.round(25 + 25 * (1 - wave)) + (isPeak ? 40 : 0),
    txns: Math.round(3 + 5 * wave),
    leases: n % 3 === 0 ? 1 : 0,
    valueBytes: 256 + Math.round(1_792 * wave),
  }
}

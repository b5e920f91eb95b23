/** One member is not like the others. */
export interface Deviation {
  /** How far, as text. */
  readonly amount: string
}

export type Deviations = readonly (Deviation | undefined)[]

/** Raft entries that a member may be behind the most advanced one. */
const INDEX_MARGIN = 100n
/** Share of the median that a file may be larger or smaller. */
const SIZE_MARGIN = 0.25
/** Times the median. */
const SLOW = 3

/** Which values are not the one that most have, `''` not counting; of two equally frequent ones the first stands. */
export function byMajority(values: readonly string[]): Deviations {
  const counts = new Map<string, number>()
  for (const value of values) if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1)
  const [most] = [...counts].toSorted(([, one], [, other]) => other - one)
  return values.map((value) => (value === '' || value === most?.[0] ? undefined : { amount: value }))
}

/** Which are more than 100 entries behind the largest. */
export function byIndex(values: readonly (bigint | null)[]): Deviations {
  const largest = values.reduce<bigint>((most, value) => (value !== null && value > most ? value : most), 0n)
  return values.map((value) =>
    value !== null && largest - value > INDEX_MARGIN ? { amount: String(largest - value) } : undefined,
  )
}

/** Which are more than a quarter away from the median. */
export function bySize(values: readonly (number | null)[]): Deviations {
  const middle = median(values)
  return values.map((value) => {
    if (value === null || middle === undefined || middle === 0) return undefined
    const share = Math.abs(value - middle) / middle
    return share > SIZE_MARGIN ? { amount: `${Math.round(share * 100)} %` } : undefined
  })
}

/** Which are more than three times the median, of those that `isNotable` at all. */
export function byMedian(
  values: readonly (number | null)[],
  isNotable: (value: number) => boolean,
): Deviations {
  const middle = median(values)
  return values.map((value) => {
    if (value === null || middle === undefined || value <= SLOW * middle || !isNotable(value))
      return undefined
    return { amount: middle === 0 ? '' : (value / middle).toFixed(1) }
  })
}

/** The lower one of two in the middle: with two members the better one is the measure. */
function median(values: readonly (number | null)[]): number | undefined {
  const known = values.filter((value) => value !== null).toSorted((a, b) => a - b)
  return known[Math.floor((known.length - 1) / 2)]
}

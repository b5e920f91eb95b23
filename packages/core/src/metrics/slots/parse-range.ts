const RANGE = /^([0-9]{1,7}(?:\.[0-9]{1,3})?)([smhd])$/
const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }

/** Longest window of one query: 90 days, in seconds. */
export const MAX_RANGE_SECONDS = 7_776_000

/**
 * A duration such as `15m`, `0.5h`, `90d` in whole seconds, rounded, at least 1; undefined when it is not one (api.md 1.7). May be longer
 * than `MAX_RANGE_SECONDS`.
 */
export function parseRange(text: string): number | undefined {
  const [, amount, unit] = RANGE.exec(text) ?? []
  if (amount === undefined || unit === undefined) return undefined
  const seconds = Math.round(Number(amount) * (UNIT_SECONDS[unit] ?? 0))
  return seconds >= 1 ? seconds : undefined
}

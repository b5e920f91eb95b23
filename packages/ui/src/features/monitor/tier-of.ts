import { formatTicks } from '@etcdmonitor/core/format/format-ticks'
import { findMetric, type Threshold, type Tier } from '@etcdmonitor/core/metrics/catalogue'
import type { LevelLine, StateColour } from '../../charts/chart-columns.ts'

/** From the calm end: name of the tier, its colour, its word in `TierWords`. */
const TIERS = [
  ['notice', 'notice'],
  ['warning', 'warn'],
  ['critical', 'crit'],
] as const

export type TierName = (typeof TIERS)[number][0]

/** The tier that `value` of `metric` has reached; `ok` below all, undefined without a value or thresholds (metrics.md 6). */
export function tierOf(metric: string, value: number | null | undefined): StateColour | undefined {
  const threshold = memberThreshold(metric)
  if (!threshold || value === null || value === undefined) return undefined
  const reached = TIERS.filter(([tier]) => isBeyond(threshold, threshold[tier], value))
  return reached.at(-1)?.[1] ?? 'ok'
}

/** The tiers of `metric` as lines; those without a number have none. */
export function tierLines(metric: string, word: (tier: TierName) => string): LevelLine[] {
  const known = findMetric(metric)
  const threshold = memberThreshold(metric)
  if (!known || !threshold) return []
  return TIERS.flatMap(([tier, colour]) => {
    const value = threshold[tier]?.value
    if (typeof value !== 'number') return []
    const label = `${word(tier)} ${formatTicks(known.unit, [value]).join('')}`
    return [{ value, colour, label, axis: 'left' as const }]
  })
}

const memberThreshold = (metric: string): Threshold | undefined =>
  findMetric(metric)?.thresholds?.find(({ scope }) => scope === 'member')

function isBeyond({ op }: Threshold, tier: Tier | null, value: number): boolean {
  if (typeof tier?.value !== 'number') return false
  switch (op) {
    case '>':
      return value > tier.value
    case '>=':
      return value >= tier.value
    case '<':
      return value < tier.value
    case '==':
      return value === tier.value
  }
}

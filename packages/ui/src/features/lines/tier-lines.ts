import { formatTicks } from '@etcdmonitor/core/format/format-ticks'
import type { MetricUnit } from '@etcdmonitor/core/metrics/catalogue'
import { findThreshold, judgeValue, TIERS, type Tier } from '@etcdmonitor/core/metrics/thresholds'
import type { LevelLine, StateColour } from '../../charts/chart-columns.ts'

export const TIER_COLOURS: Readonly<Record<Tier | 'ok', StateColour>> = {
  ok: 'ok',
  notice: 'notice',
  warning: 'warn',
  critical: 'crit',
}

/** Gray where nothing can be said. */
export function tierColour(
  metric: string,
  value: number | null | undefined,
  observations: number | undefined,
): StateColour | 'gray' {
  const tier = judgeValue(metric, value, observations)
  return tier ? TIER_COLOURS[tier] : 'gray'
}

/** The tiers of `metric`, whose values are of `unit`, as lines on the left axis. */
export function tierLines(metric: string, unit: MetricUnit, word: (tier: Tier) => string): LevelLine[] {
  return TIERS.flatMap((tier) => {
    const value = findThreshold(metric)?.[tier] ?? null
    if (value === null || value === 0) return [] // on the axis it would be no line
    const label = `${word(tier)} ${formatTicks(unit, [value]).join('')}`
    return [{ value, colour: TIER_COLOURS[tier], label, axis: 'left' as const }]
  })
}

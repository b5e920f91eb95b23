import { formatTicks } from '@etcdmonitor/core/format/format-ticks'
import { formatValue } from '@etcdmonitor/core/format/format-value'
import { FIXED_LINES, type Panel, QUOTA_LINES } from '@etcdmonitor/core/metrics/panels'
import type { LevelLine } from '../../charts/chart-columns.ts'
import type { Messages } from '../../i18n/messages.ts'
import type { WindowData } from '../range/window-data.ts'
import { drawnSeries, fixedLineAxis, type PanelMode } from './panel-mode.ts'
import { TIER_COLOURS, tierLines } from './tier-lines.ts'

/** Lines of the tiers, of the quota and of fixed values that concern what is drawn (metrics.md 5.2). */
export function levelLines(
  panel: Panel,
  mode: PanelMode,
  data: WindowData | undefined,
  { panel: texts }: Pick<Messages, 'panel'>,
): LevelLine[] {
  const drawn = drawnSeries(panel, mode)
  // tiers by label concern the series over all labels, too
  const concerned = panel.lines.filter((line) => drawn.some(({ metric }) => line.startsWith(metric)))
  const tiers = concerned.flatMap((metric) => tierLines(metric, panel.left, (tier) => texts.tiers[tier]))
  const axis = fixedLineAxis(panel, mode)
  const fixed = axis
    ? FIXED_LINES.at.map((line): LevelLine => {
        const label = texts.quota(line.label, formatTicks('seconds', [line.value]).join(''))
        return { value: line.value, colour: TIER_COLOURS[line.tier], label, axis }
      })
    : []
  return [...tiers, ...fixed, ...quotaLines(panel, data, texts)]
}

/** At shares of the smallest quota, which is the one that ends writes first. */
function quotaLines(panel: Panel, data: WindowData | undefined, texts: Messages['panel']): LevelLine[] {
  if (panel.id !== QUOTA_LINES.panel || !data) return []
  const quotas = [...data.members.values()].flatMap(({ stats }) => stats.get(QUOTA_LINES.metric)?.last ?? [])
  const quota = quotas.length > 0 ? Math.min(...quotas) : 0
  if (quota <= 0) return []
  return QUOTA_LINES.at.map(({ share, tier, label }): LevelLine => {
    const value = share * quota
    const text = texts.quota(label, formatValue('bytes', value))
    return { value, colour: TIER_COLOURS[tier], label: text, axis: 'left' }
  })
}

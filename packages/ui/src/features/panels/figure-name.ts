import { formatWindow } from '@etcdmonitor/core/format/format-time'
import { formatValue } from '@etcdmonitor/core/format/format-value'
import type { Zone } from '@etcdmonitor/core/format/zoned-time'
import type { Panel } from '@etcdmonitor/core/metrics/panels'
import type { ChartColumns } from '../../charts/chart-columns.ts'
import type { Messages } from '../../i18n/messages.ts'
import type { PanelMode } from '../lines/panel-mode.ts'

/** A chart in words: what it shows of whom and when, and where its values lie. */
export function figureName(
  panel: Panel,
  mode: PanelMode,
  { series, from, to }: ChartColumns,
  { panel: texts }: Messages,
  zone: Zone,
): string {
  const what = mode.kind === 'all' ? mode.series.label : series.map(({ name }) => name).join(', ')
  const values = series.map(({ name, unit, stats }) =>
    texts.figureValue(
      name,
      formatValue(unit, stats.last),
      stats.max === null ? undefined : formatValue(unit, stats.max),
    ),
  )
  return texts.figure(panel.title, what, formatWindow(from, to, zone), values.join('; '))
}

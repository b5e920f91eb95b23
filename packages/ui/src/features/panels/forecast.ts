import type { Panel } from '@etcdmonitor/core/metrics/panels'
import type { PanelMode } from '../lines/panel-mode.ts'
import type { WindowData } from '../range/window-data.ts'

/** Hours until the first of the drawn members is full; undefined: not told by this panel, or not known. */
export function forecastHours(
  { forecast }: Panel,
  mode: PanelMode,
  data: WindowData | undefined,
): number | undefined {
  if (forecast === null || !data) return undefined
  const drawn = mode.kind === 'all' ? [...data.members.values()] : [data.members.get(mode.id)]
  const hours = drawn.flatMap((member) => member?.stats.get(forecast)?.last ?? [])
  return hours.length === 0 ? undefined : Math.min(...hours)
}

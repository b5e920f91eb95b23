import { FURTHER_PANELS } from '@etcdmonitor/core/metrics/further-panels'
import { ChartTooltip } from '../../charts/ChartTooltip.tsx'
import { drawLanes } from '../../charts/plot-lanes.ts'
import { labelledLines } from '../lines/labelled-lines.ts'
import { PanelEmpty } from '../panels/PanelEmpty.tsx'
import { MaximisedPanel } from './MaximisedPanel.tsx'
import { MonitorEmpty } from './MonitorEmpty.tsx'

/**
 * What the first charts do without, in a chunk of its own that is loaded when the page is idle: the panels that are hidden by default and
 * what only they need, what hovering shows, what is said where there is nothing to draw.
 */
export const further = {
  panels: FURTHER_PANELS,
  labelledLines,
  drawLanes,
  ChartTooltip,
  PanelEmpty,
  MonitorEmpty,
  MaximisedPanel,
}
export type Further = typeof further

import { FURTHER_PANELS } from '@etcdmonitor/core/metrics/further-panels'
import { ChartMarks } from '../../charts/ChartMarks.tsx'
import { ChartTooltip } from '../../charts/ChartTooltip.tsx'
import { drawLanes } from '../../charts/plot-lanes.ts'
import { LayoutDialog } from '../layout/LayoutDialog.tsx'
import { coarsePart } from '../lines/coarse-part.ts'
import { labelledLines } from '../lines/labelled-lines.ts'
import { findSilence } from '../lines/silence.ts'
import { findMarks } from '../marks/find-marks.ts'
import { createWindowRuns } from '../marks/window-runs.ts'
import { forecastHours } from '../panels/forecast.ts'
import { PanelEmpty } from '../panels/PanelEmpty.tsx'
import { PanelNotice } from '../panels/PanelNotice.tsx'
import { AllHidden } from './AllHidden.tsx'
import { MaximisedPanel } from './MaximisedPanel.tsx'
import { MonitorEmpty } from './MonitorEmpty.tsx'

/**
 * What the first charts do without, in a chunk of its own that is loaded when the page is idle: the panels that are hidden by default and
 * what only they need, what hovering shows, what happened in the window, what is said where there is nothing to draw, the choice of panels.
 */
export const further = {
  panels: FURTHER_PANELS,
  labelledLines,
  findSilence,
  findMarks,
  createWindowRuns,
  coarsePart,
  forecastHours,
  drawLanes,
  ChartTooltip,
  ChartMarks,
  PanelEmpty,
  PanelNotice,
  MonitorEmpty,
  MaximisedPanel,
  LayoutDialog,
  AllHidden,
}
export type Further = typeof further

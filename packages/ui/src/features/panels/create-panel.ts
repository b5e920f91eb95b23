import type { Panel } from '@etcdmonitor/core/metrics/panels'
import { type Accessor, createMemo } from 'solid-js'
import type { ChartColumns, LevelLine } from '../../charts/chart-columns.ts'
import { useMessages } from '../../i18n/messages-context.ts'
import { createProblem, type QueryResult } from '../../primitives/create-query.ts'
import { levelLines } from '../lines/level-lines.ts'
import { drawnSeries, type PanelMode, panelMetrics, panelMode } from '../lines/panel-mode.ts'
import { toColumns } from '../lines/panel-model.ts'
import type { MonitorState } from '../monitor/monitor-state.ts'
import { spanOf, type WindowData } from '../range/window-data.ts'
import { useCluster } from '../shell/cluster-state.ts'
import { sampleTime } from '../shell/sample-time.ts'
import { createPanelQuery } from './panel-query.ts'
import { type PanelState, panelState } from './panel-state.ts'

/** Before the first answer: the lines are known, their values are not. */
const NOTHING: WindowData = {
  from: 0,
  to: 0,
  step: 0,
  part: 0,
  times: [],
  members: new Map(),
  unknown: new Set(),
  at: 0,
}

/** What one panel draws, and what is said over it. */
export interface PanelView {
  readonly mode: Accessor<PanelMode>
  readonly query: Accessor<QueryResult<WindowData>>
  readonly columns: Accessor<ChartColumns>
  readonly levels: Accessor<readonly LevelLine[]>
  readonly said: Accessor<PanelState>
}

export function createPanel(
  panel: Accessor<Panel>,
  state: MonitorState,
  isVisible: Accessor<boolean>,
): PanelView {
  const messages = useMessages()
  const cluster = useCluster()
  const members = () => cluster.status()?.members ?? []
  const isLive = () => state.view().window.kind === 'last'
  const mode = createMemo(() => panelMode(panel(), state.view(), state.member(), members()))
  const metrics = createMemo(() => panelMetrics(panel(), mode()))
  const series = () => drawnSeries(panel(), mode())
  const query = createPanelQuery(state, metrics, series, isVisible)
  const problem = createProblem(query, () => `${JSON.stringify(state.scope())} ${metrics()}`)

  const columns = createMemo<ChartColumns>((before) => {
    // what nobody sees is not made
    if (before && before.times.length > 0 && !isVisible()) return before
    const { data = NOTHING, isPlaceholderData } = query()
    const facts = {
      members: members(),
      current: state.current(),
      interval: state.interval() * 1_000,
      isLive: isLive(),
      runs: state.runs(),
      dataSince: (cluster.status()?.data_since ?? 0) * 1_000,
      further: state.further.module(),
    }
    const drawn = toColumns(panel(), mode(), data, facts, messages)
    // the picture of before, in the window of now
    const isOld = isPlaceholderData || data === NOTHING
    return isOld ? { ...drawn, ...spanOf(state.view().window, cluster.readNow()) } : drawn
  })
  const said = createMemo(() => {
    const { data, isPlaceholderData } = query()
    const drawn = mode()
    return panelState({
      data,
      isPlaceholder: isPlaceholderData,
      problem: problem(),
      mode: drawn,
      hasValues: columns().series.some(({ values }) => values.some((value) => value !== null)),
      metrics: series().map(({ metric }) => metric),
      status: cluster.status(),
      sampledAt: sampleTime(cluster.current(), drawn.kind === 'all' ? undefined : drawn.id),
      isLive: isLive(),
      now: cluster.now(),
    })
  })
  return {
    mode,
    query,
    columns,
    levels: createMemo(() => levelLines(panel(), mode(), query().data, messages)),
    said,
  }
}

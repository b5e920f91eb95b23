import { formatFullInstant, formatInstant } from '@etcdmonitor/core/format/format-time'
import type { Panel } from '@etcdmonitor/core/metrics/panels'
import { createMemo, createSignal, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { ChartLegend } from '../../charts/ChartLegend.tsx'
import type { ChartColumns } from '../../charts/chart-columns.ts'
import { toggleSeries } from '../../charts/hidden-series.ts'
import { type CursorSpot, TimeSeriesChart } from '../../charts/TimeSeriesChart.tsx'
import { DataState } from '../../components/DataState.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { createProblem } from '../../primitives/create-query.ts'
import { createVisible } from '../../primitives/create-visible.ts'
import { ALL_MEMBERS } from '../../url/monitor-url.ts'
import { levelLines } from '../lines/level-lines.ts'
import { drawnSeries, panelAxes, panelMetrics, panelMode } from '../lines/panel-mode.ts'
import { toColumns } from '../lines/panel-model.ts'
import type { MonitorState } from '../monitor/monitor-state.ts'
import { spanOf, type WindowData } from '../range/window-data.ts'
import { useCluster } from '../shell/cluster-state.ts'
import { useReader } from '../shell/reader-context.ts'
import { sampleTime } from '../shell/sample-time.ts'
import { zoomWindow } from '../window/zoom-window.ts'
import { figureName } from './figure-name.ts'
import { forecastHours } from './forecast.ts'
import { PanelHead, panelTitle } from './PanelHead.tsx'
import { createPanelQuery } from './panel-query.ts'
import { type PanelState, panelState } from './panel-state.ts'
import './ChartPanel.css'

const MAX_LINES = 8
/** Before the first answer: the lines are known, their values are not. */
const NOTHING: WindowData = {
  from: 0,
  to: 0,
  step: 0,
  times: [],
  members: new Map(),
  unknown: new Set(),
  at: 0,
}

/** One panel: title, plot with everything that is to be known about it, legend. */
export function ChartPanel(props: {
  readonly panel: Panel
  readonly state: MonitorState
  /** It fills the page. */
  readonly isMaximised?: boolean
}) {
  const messages = useMessages()
  const cluster = useCluster()
  const reader = useReader()
  const [root, setRoot] = createSignal<HTMLElement>()
  const isVisible = createVisible(root)
  const wasSeen = createMemo<boolean>((before) => before || isVisible(), false)
  const members = () => cluster.status()?.members ?? []
  const mode = createMemo(() => panelMode(props.panel, props.state.view(), props.state.member(), members()))
  const metrics = createMemo(() => panelMetrics(props.panel, mode()))
  const query = createPanelQuery(props.state, metrics, () => drawnSeries(props.panel, mode()), isVisible)
  const problem = createProblem(query, () => `${JSON.stringify(props.state.scope())} ${metrics()}`)

  const columns = createMemo<ChartColumns>((before) => {
    // what nobody sees is not made
    if (before && before.times.length > 0 && !isVisible()) return before
    const { data = NOTHING, isPlaceholderData } = query()
    const { window } = props.state.view()
    const facts = {
      members: members(),
      current: props.state.current(),
      interval: props.state.interval() * 1_000,
      isLive: window.kind === 'last',
      further: props.state.further.module(),
    }
    const drawn = toColumns(props.panel, mode(), data, facts, messages)
    // the picture of before, in the window of now
    return isPlaceholderData || data === NOTHING ? { ...drawn, ...spanOf(window, cluster.readNow()) } : drawn
  })
  const levels = createMemo(() => levelLines(props.panel, mode(), query().data, messages))
  const said = createMemo(() => {
    const { data, isPlaceholderData } = query()
    const drawn = mode()
    return panelState({
      data,
      isPlaceholder: isPlaceholderData,
      problem: problem(),
      mode: drawn,
      hasValues: columns().series.some(({ values }) => values.some((value) => value !== null)),
      metrics: drawnSeries(props.panel, drawn).map(({ metric }) => metric),
      status: cluster.status(),
      sampledAt: sampleTime(cluster.current(), drawn.kind === 'all' ? undefined : drawn.id),
      isLive: props.state.view().window.kind === 'last',
      now: cluster.now(),
    })
  })

  const keys = () => columns().series.map(({ key }) => key)
  const [chosen, setChosen] = createSignal<ReadonlySet<string>>()
  const hidden = createMemo(() => chosen() ?? new Set(keys().slice(MAX_LINES)))
  const [highlighted, setHighlighted] = createSignal<string>()
  const [pointed, setPointed] = createSignal<string>()
  const [spot, setSpot] = createSignal<CursorSpot>()
  const slotTime = () => columns().times[spot()?.slot ?? -1]
  const cursor = () => {
    const at = slotTime()
    const { slot } = spot() ?? {}
    if (at === undefined || slot === undefined) return undefined
    return { slot, time: formatInstant(at, { now: cluster.readNow(), zone: reader.zone() }) }
  }

  return (
    <section
      class="chart-panel"
      ref={setRoot}
      data-panel={props.panel.id}
      data-maximised={props.isMaximised ? '' : undefined}
      aria-labelledby={panelTitle(props.panel, props.isMaximised === true)}
    >
      <PanelHead
        panel={props.panel}
        mode={mode()}
        said={said()}
        members={members()}
        isMaximised={props.isMaximised === true}
        onMaximise={() => props.state.maximise(props.isMaximised ? undefined : props.panel.id)}
        canChooseMember={props.state.member() === ALL_MEMBERS}
        forecast={forecastHours(props.panel, mode(), query().data)}
        onPick={(pick) => props.state.pick(props.panel.id, pick)}
      />
      <DataState
        isLoading={said().kind === 'loading'}
        problem={failureOf(said())}
        onRetry={() => void query().refetch()}
        empty={
          isEmpty(said()) && (
            <Show when={props.state.further.module()}>
              {(further) => (
                <Dynamic
                  component={further().PanelEmpty}
                  panel={props.panel.id}
                  said={said()}
                  state={props.state}
                />
              )}
            </Show>
          )
        }
      >
        <TimeSeriesChart
          label={figureName(props.panel, mode(), columns(), messages, reader.zone())}
          columns={columns()}
          levels={levels()}
          {...panelAxes(props.panel, mode())}
          isShown={wasSeen()}
          lanes={props.panel.lanes ? props.state.further.module()?.drawLanes : undefined}
          zone={reader.zone()}
          colours={reader.colours()}
          hidden={hidden()}
          highlighted={highlighted()}
          onCursor={setSpot}
          onFocus={setPointed}
          onZoom={(from, to) =>
            props.state.zoomTo(
              zoomWindow(from, to, columns().step || props.state.interval() * 1_000, cluster.readNow()),
            )
          }
          onReset={() => props.state.resetZoom()}
        >
          <Show when={spot()?.isOwn && slotTime() !== undefined && spot()}>
            {(own) => (
              <Dynamic
                component={props.state.further.module()?.ChartTooltip}
                columns={columns()}
                spot={own()}
                time={formatFullInstant(slotTime() ?? 0, reader.zone())}
                hidden={hidden()}
                highlighted={pointed()}
              />
            )}
          </Show>
        </TimeSeriesChart>
      </DataState>
      <ChartLegend
        title={props.panel.title}
        series={columns().series}
        cursor={cursor()}
        isLive={props.state.view().window.kind === 'last'}
        isLoaded={query().data !== undefined}
        formatTime={(at) => formatInstant(at, { now: cluster.readNow(), zone: reader.zone() })}
        hidden={hidden()}
        highlighted={pointed() ?? highlighted()}
        onToggle={(key, isSolo) => setChosen(toggleSeries(hidden(), keys(), key, isSolo))}
        onHighlight={setHighlighted}
      />
    </section>
  )
}

const EMPTY: readonly PanelState['kind'][] = ['collecting', 'empty', 'not_exported', 'not_served']
const isEmpty = ({ kind }: PanelState) => EMPTY.includes(kind)
const failureOf = (said: PanelState) => (said.kind === 'failed' ? said.problem : undefined)

import { formatFullInstant, formatInstant } from '@etcdmonitor/core/format/format-time'
import type { Panel } from '@etcdmonitor/core/metrics/panels'
import { createMemo, createSignal, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { ChartLegend } from '../../charts/ChartLegend.tsx'
import { type CursorSpot, TimeSeriesChart } from '../../charts/TimeSeriesChart.tsx'
import { DataState } from '../../components/DataState.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { createVisible } from '../../primitives/create-visible.ts'
import { ALL_MEMBERS } from '../../url/monitor-url.ts'
import { drawnSeries, panelAxes } from '../lines/panel-mode.ts'
import type { MonitorState } from '../monitor/monitor-state.ts'
import { useCluster } from '../shell/cluster-state.ts'
import { useReader } from '../shell/reader-context.ts'
import { zoomWindow } from '../window/zoom-window.ts'
import { createPanel } from './create-panel.ts'
import { createSeriesChoice } from './create-series-choice.ts'
import { figureName } from './figure-name.ts'
import { PanelHead, panelTitle } from './PanelHead.tsx'
import type { PanelState } from './panel-state.ts'
import './ChartPanel.css'

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
  const { mode, query, columns, levels, said } = createPanel(() => props.panel, props.state, isVisible)
  const { hidden, toggle } = createSeriesChoice(() => columns().series.map(({ key }) => key))
  const [highlighted, setHighlighted] = createSignal<string>()
  const [pointed, setPointed] = createSignal<string>()
  const [spot, setSpot] = createSignal<CursorSpot>()
  const formatTime = (at: number) => formatInstant(at, { now: cluster.readNow(), zone: reader.zone() })
  const slotTime = () => columns().times[spot()?.slot ?? -1]
  const cursor = () => {
    const at = slotTime()
    const { slot } = spot() ?? {}
    if (at === undefined || slot === undefined) return undefined
    return { slot, time: formatTime(at) }
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
        members={cluster.status()?.members ?? []}
        isMaximised={props.isMaximised === true}
        onMaximise={() => props.state.maximise(props.isMaximised ? undefined : props.panel.id)}
        canChooseMember={props.state.member() === ALL_MEMBERS}
        forecast={props.state.further.module()?.forecastHours(props.panel, mode(), query().data)}
        onPick={(pick) => props.state.pick(props.panel.id, pick)}
      >
        <Dynamic component={props.state.further.module()?.PanelNotice} said={said()} />
      </PanelHead>
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
          <Show when={columns().marks.length > 0}>
            <Dynamic
              component={props.state.further.module()?.ChartMarks}
              columns={columns()}
              hasRight={panelAxes(props.panel, mode()).right !== null}
              formatTime={formatTime}
            />
          </Show>
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
        part={props.state.further
          .module()
          ?.coarsePart(drawnSeries(props.panel, mode()), query().data, props.state.interval() * 1_000)}
        isLoaded={query().data !== undefined}
        formatTime={formatTime}
        hidden={hidden()}
        highlighted={pointed() ?? highlighted()}
        onToggle={toggle}
        onHighlight={setHighlighted}
      />
    </section>
  )
}

const EMPTY: readonly PanelState['kind'][] = [
  'collecting',
  'empty',
  'not_exported',
  'unobserved',
  'not_served',
]
const isEmpty = ({ kind }: PanelState) => EMPTY.includes(kind)
const failureOf = (said: PanelState) => (said.kind === 'failed' ? said.problem : undefined)

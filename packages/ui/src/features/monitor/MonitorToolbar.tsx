import { formatAge } from '@etcdmonitor/core/format/format-age'
import { useIsFetching } from '@tanstack/solid-query'
import { Show } from 'solid-js'
import { Button } from '../../components/Button.tsx'
import { Delayed } from '../../components/Delayed.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Page } from '../../components/Page.tsx'
import { Select } from '../../components/Select.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { parseRefresh } from '../../url/monitor-url.ts'
import { RANGE_KEY } from '../panels/panel-query.ts'
import { spanOf } from '../range/window-data.ts'
import { useCluster } from '../shell/cluster-state.ts'
import { refreshOptions } from '../window/toolbar-options.ts'
import { WindowPicker } from '../window/WindowPicker.tsx'
import { shiftWindow, widenWindow } from '../window/window-moves.ts'
import { MemberChoice } from './MemberChoice.tsx'
import type { MonitorState } from './monitor-state.ts'
import './MonitorToolbar.css'

export function MonitorToolbar(props: {
  readonly state: MonitorState
  readonly onRefresh: () => void
  readonly onChoose: () => void
}) {
  const messages = useMessages()
  const { layout, monitor, pages } = messages
  const cluster = useCluster()
  const fetching = useIsFetching(() => ({ queryKey: [RANGE_KEY] }))
  const window = () => props.state.view().window
  const span = () => {
    const { from, to } = spanOf(window(), cluster.readNow())
    return { start: from / 1_000, end: to / 1_000 }
  }
  // not by a child function of Show: what it returns is followed only where it is markup
  const age = () => {
    const at = props.state.answeredAt()
    return at === undefined ? '' : monitor.updated(formatAge(Math.max(1_000, cluster.now() - at)))
  }
  const shift = (way: -1 | 1, isWhole: boolean) =>
    props.state.showWindow(shiftWindow(span(), way, isWhole, cluster.readNow() / 1_000))
  const mark = () => (cluster.status()?.health.state === 'critical' ? '(!) ' : '')
  return (
    <div class="monitor-toolbar" role="toolbar" aria-label={pages.monitor}>
      <Page title={pages.monitor} mark={mark()} />
      <MemberChoice
        members={cluster.status()?.members ?? []}
        value={props.state.member()}
        onChange={(member) => props.state.showMember(member)}
      />
      <div class="monitor-toolbar-time">
        <Show when={props.state.isZoomed()}>
          <Button kind="quiet" onClick={() => props.state.resetZoom()}>
            <Icon name="reset" />
            {monitor.resetZoom}
          </Button>
        </Show>
        <div class="monitor-toolbar-window">
          <Button
            class="icon-only"
            aria-label={monitor.earlier}
            onClick={(event) => shift(-1, event.shiftKey)}
          >
            <Icon name="back" />
          </Button>
          <WindowPicker state={props.state} />
          <Button
            class="icon-only"
            aria-label={monitor.later}
            disabled={window().kind === 'last'}
            onClick={(event) => shift(1, event.shiftKey)}
          >
            <Icon name="forward" />
          </Button>
          <Button
            class="icon-only"
            aria-label={monitor.zoomOut}
            onClick={() => props.state.zoomTo(widenWindow(span(), cluster.readNow() / 1_000))}
          >
            <Icon name="zoom_out" />
          </Button>
        </div>
        <Show
          when={window().kind === 'last'}
          fallback={
            <>
              <span class="monitor-toolbar-note">{monitor.fixedWindow}</span>
              <Button onClick={() => props.state.goLive()}>{monitor.goLive}</Button>
            </>
          }
        >
          <Select
            label={monitor.refresh}
            value={String(props.state.view().refresh)}
            options={refreshOptions(props.state.interval(), props.state.autoPeriod(), messages)}
            onChange={(text) => props.state.setRefresh(parseRefresh(text) ?? 'auto')}
          />
          <Button class="icon-only" aria-label={monitor.refreshNow} onClick={() => props.onRefresh()}>
            <Icon name="refresh" />
          </Button>
          <span class="monitor-toolbar-note monitor-toolbar-age">{age()}</span>
        </Show>
        <Button class="icon-only" aria-label={layout.title} onClick={() => props.onChoose()}>
          <Icon name="settings" />
        </Button>
      </div>
      <Show when={fetching() > 0}>
        <Delayed after={1_000}>
          <div class="monitor-toolbar-progress" />
        </Delayed>
      </Show>
    </div>
  )
}

import { formatAge } from '@etcdmonitor/core/format/format-age'
import { formatWindow } from '@etcdmonitor/core/format/format-time'
import { useIsFetching } from '@tanstack/solid-query'
import { Show } from 'solid-js'
import { Button } from '../../components/Button.tsx'
import { Delayed } from '../../components/Delayed.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Page } from '../../components/Page.tsx'
import { Select } from '../../components/Select.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { parseRefresh } from '../../url/monitor-url.ts'
import { useCluster } from '../shell/cluster-state.ts'
import { useReader } from '../shell/reader-context.ts'
import { MemberChoice } from './MemberChoice.tsx'
import type { MonitorState } from './monitor-state.ts'
import { RANGE_KEY } from './panel-query.ts'
import { FIXED, rangeOptions, refreshOptions } from './toolbar-options.ts'
import './MonitorToolbar.css'

export function MonitorToolbar(props: { readonly state: MonitorState; readonly onRefresh: () => void }) {
  const messages = useMessages()
  const { monitor, pages } = messages
  const cluster = useCluster()
  const { zone } = useReader()
  const fetching = useIsFetching(() => ({ queryKey: [RANGE_KEY] }))
  const window = () => props.state.view().window
  const fixedText = () => {
    const shown = window()
    if (shown.kind === 'last') return undefined
    const text = formatWindow(shown.start * 1_000, shown.end * 1_000, zone())
    return zone() === 'UTC' ? `${text} (UTC)` : text
  }
  const shownRange = () => {
    const shown = window()
    return shown.kind === 'fixed' ? FIXED : shown.range
  }
  // not by a child function of Show: what it returns is followed only where it is markup
  const age = () => {
    const at = props.state.answeredAt()
    return at === undefined ? '' : monitor.updated(formatAge(Math.max(1_000, cluster.now() - at)))
  }
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
        <Select
          label={monitor.window}
          value={shownRange()}
          options={rangeOptions(shownRange(), fixedText(), messages)}
          onChange={(range) => {
            if (range !== FIXED) props.state.showRange(range)
          }}
        />
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
      </div>
      <Show when={fetching() > 0}>
        <Delayed after={1_000}>
          <div class="monitor-toolbar-progress" />
        </Delayed>
      </Show>
    </div>
  )
}

import { formatInstant, formatWindow } from '@etcdmonitor/core/format/format-time'
import { Match, Show, Switch } from 'solid-js'
import { Button } from '../../components/Button.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { windowSeconds } from '../../url/monitor-url.ts'
import type { MonitorState } from '../monitor/monitor-state.ts'
import { spanOf } from '../range/window-data.ts'
import { useCluster } from '../shell/cluster-state.ts'
import { useReader } from '../shell/reader-context.ts'
import type { PanelState } from './panel-state.ts'

/** Why a plot has no line. Draws nothing when it has. */
export function PanelEmpty(props: {
  readonly panel: string
  readonly said: PanelState
  readonly state: MonitorState
}) {
  const { panel } = useMessages()
  const cluster = useCluster()
  const { zone } = useReader()
  const of = <K extends PanelState['kind']>(kind: K) =>
    props.said.kind === kind ? (props.said as Extract<PanelState, { kind: K }>) : undefined // narrowed by kind
  const window = () => {
    const { from, to } = spanOf(props.state.view().window, cluster.readNow())
    return formatWindow(from, to, zone())
  }
  const notExported = (version: string) => (version ? panel.notExported(version) : panel.notExportedUnknown)
  const goTo = (newest: number) => {
    const half = Math.ceil(windowSeconds(props.state.view().window) / 2)
    const middle = Math.floor(newest / 1_000)
    props.state.zoomTo({ kind: 'fixed', start: Math.max(0, middle - half), end: middle + half })
  }
  return (
    <Switch>
      <Match when={of('collecting')}>
        {(said) => <p>{said().seconds > 0 ? panel.collecting(said().seconds) : panel.collectingSoon}</p>}
      </Match>
      <Match when={of('not_exported')}>
        {(said) => <p>{panel.emptyOf(props.panel) ?? notExported(said().version)}</p>}
      </Match>
      <Match when={of('unobserved')}>
        {(said) => <p>{panel.emptyOf(props.panel) ?? panel.unobserved(window(), said().version)}</p>}
      </Match>
      <Match when={of('not_served')}>
        <p>{panel.notServed}</p>
      </Match>
      <Match when={of('empty')}>
        {(said) => (
          <>
            <p>{panel.empty(window())}</p>
            <Show when={said().newest}>
              {(newest) => (
                <p>
                  {panel.newest(formatInstant(newest(), { now: cluster.readNow(), zone: zone() }))}{' '}
                  <Button kind="quiet" onClick={() => goTo(newest())}>
                    {panel.goThere}
                  </Button>
                </p>
              )}
            </Show>
          </>
        )}
      </Match>
    </Switch>
  )
}

import { formatAge } from '@etcdmonitor/core/format/format-age'
import { formatInstant } from '@etcdmonitor/core/format/format-time'
import type { Panel } from '@etcdmonitor/core/metrics/panels'
import { Match, Show, Switch } from 'solid-js'
import { describeProblem } from '../../api/describe-problem.ts'
import { Icon } from '../../components/Icon.tsx'
import { ToggleGroup } from '../../components/ToggleGroup.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { useCluster } from '../shell/cluster-state.ts'
import { useReader } from '../shell/reader-context.ts'
import { type PanelMode, panelAxes } from './panel-model.ts'
import type { PanelState } from './panel-state.ts'

export interface PanelHeadProps {
  readonly panel: Panel
  readonly mode: PanelMode
  readonly said: PanelState
  /** Undefined: the first series, which needs no word in the URL. */
  readonly onPick: (metric: string | undefined) => void
}

export function PanelHead(props: PanelHeadProps) {
  const { panel: texts } = useMessages()
  const units = () => {
    const { left, right } = panelAxes(props.panel, props.mode)
    return [left, right].flatMap((unit) => (unit && texts.units[unit] ? [texts.units[unit]] : [])).join(' · ')
  }
  const picked = () =>
    props.mode.kind === 'all' && props.panel.series.length > 1 ? props.mode.series : undefined
  return (
    <header class="panel-head">
      <h3 id={`${props.panel.id}-title`}>{props.panel.title}</h3>
      <span class="panel-unit">{units()}</span>
      <PanelNotice said={props.said} />
      <Show when={picked()}>
        {(series) => (
          <ToggleGroup
            size="small"
            label={texts.series(props.panel.title)}
            value={series().metric}
            options={props.panel.series.map(({ metric, label }) => ({ value: metric, content: label }))}
            onChange={(metric) => props.onPick(metric === props.panel.series[0]?.metric ? undefined : metric)}
          />
        )}
      </Show>
    </header>
  )
}

/** That what is drawn is old, and why. */
function PanelNotice(props: { readonly said: PanelState }) {
  const messages = useMessages()
  const { now, readNow } = useCluster()
  const { zone } = useReader()
  const shown = () => (props.said.kind === 'shown' ? props.said : undefined)
  const time = (at: number) => formatInstant(at, { now: readNow(), zone: zone() })
  return (
    <Switch>
      <Match when={shown()?.failed}>
        {(failed) => (
          <span class="panel-notice" data-role="warn">
            <Icon name="warn" />
            {messages.panel.notUpdated(
              time(failed().since),
              describeProblem(failed().problem, messages).title,
            )}
          </span>
        )}
      </Match>
      <Match when={shown()?.staleSince}>
        {(since) => (
          <span class="panel-notice">
            <Icon name="stale" />
            {messages.panel.staleSince(time(since()), formatAge(now() - since()))}
          </span>
        )}
      </Match>
    </Switch>
  )
}

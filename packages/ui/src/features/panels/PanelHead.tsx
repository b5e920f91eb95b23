import { formatValue } from '@etcdmonitor/core/format/format-value'
import { NOT_GROWING_HOURS, type Panel } from '@etcdmonitor/core/metrics/panels'
import { type JSX, Show } from 'solid-js'
import type { MemberAnswer } from '../../api/answers.ts'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Select } from '../../components/Select.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { type PanelMode, panelAxes, pickMember } from '../lines/panel-mode.ts'
import { memberName } from '../shell/health-model.ts'
import { SeriesPicker } from './SeriesPicker.tsx'

export interface PanelHeadProps {
  readonly panel: Panel
  readonly mode: PanelMode
  readonly members: readonly MemberAnswer[]
  /** The page shows all members, and this panel one of them. */
  readonly canChooseMember: boolean
  /** Hours until the quota is used up. */
  readonly forecast: number | undefined
  readonly isMaximised: boolean
  readonly onMaximise: () => void
  /** What is to be known about what is drawn. */
  readonly children: JSX.Element
  /** Undefined: the first series, which needs no word in the URL. */
  readonly onPick: (pick: string | undefined) => void
}

/** Id of the heading: a maximised panel stands beside the one in its section. */
export const panelTitle = ({ id }: Panel, isMaximised: boolean): string =>
  `${id}-${isMaximised ? 'large' : 'title'}`

export function PanelHead(props: PanelHeadProps) {
  const { panel: texts } = useMessages()
  const units = () => {
    const { left, right } = panelAxes(props.panel, props.mode)
    return [left, right].flatMap((unit) => (unit && texts.units[unit] ? [texts.units[unit]] : [])).join(' · ')
  }
  const picked = () =>
    props.mode.kind === 'all' && props.panel.series.length > 1 ? props.mode.series : undefined
  const labelled = () => (props.mode.kind === 'labels' && props.canChooseMember ? props.mode : undefined)
  return (
    <header class="panel-head">
      <h3 id={panelTitle(props.panel, props.isMaximised)}>{props.panel.title}</h3>
      <span class="panel-unit">{units()}</span>
      <Show when={props.forecast}>
        {(hours) => (
          <span class="panel-notice">
            {hours() >= NOT_GROWING_HOURS ? texts.notGrowing : texts.fullIn(formatValue('hours', hours()))}
          </span>
        )}
      </Show>
      {props.children}
      <span class="panel-actions">
        <Show when={labelled()}>
          {(mode) => (
            <span class="panel-choice">
              <Select
                size="small"
                label={texts.memberOf(props.panel.title)}
                value={mode().id}
                options={props.members.map(({ id }) => ({ value: id, text: memberName(id, props.members) }))}
                onChange={(id) => props.onPick(pickMember(id))}
              />
            </span>
          )}
        </Show>
        <Show when={picked()}>
          {(series) => (
            <SeriesPicker
              panel={props.panel}
              value={series().metric}
              onChange={(metric) =>
                props.onPick(metric === props.panel.series[0]?.metric ? undefined : metric)
              }
            />
          )}
        </Show>
        <Button
          kind="quiet"
          class="icon-only panel-button"
          aria-label={
            props.isMaximised ? texts.restore(props.panel.title) : texts.maximise(props.panel.title)
          }
          onClick={() => props.onMaximise()}
        >
          <Icon name={props.isMaximised ? 'restore' : 'maximise'} />
        </Button>
      </span>
    </header>
  )
}

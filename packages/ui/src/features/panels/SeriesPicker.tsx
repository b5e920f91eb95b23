import type { Panel } from '@etcdmonitor/core/metrics/panels'
import { Show } from 'solid-js'
import { Select } from '../../components/Select.tsx'
import { ToggleGroup } from '../../components/ToggleGroup.tsx'
import { useMessages } from '../../i18n/messages-context.ts'

/** Of all buttons together: more do not fit on a phone. */
const MAX_LETTERS = 36

export interface SeriesPickerProps {
  readonly panel: Panel
  readonly value: string
  readonly onChange: (metric: string) => void
}

/** Buttons in sight where they fit beside the title. */
export function SeriesPicker(props: SeriesPickerProps) {
  const { panel: texts } = useMessages()
  const label = () => texts.series(props.panel.title)
  const isShort = () => props.panel.series.map((one) => one.label).join('').length <= MAX_LETTERS
  return (
    <Show
      when={isShort()}
      fallback={
        <span class="panel-choice">
          <Select
            size="small"
            label={label()}
            value={props.value}
            options={props.panel.series.map((one) => ({ value: one.metric, text: one.label }))}
            onChange={props.onChange}
          />
        </span>
      }
    >
      <ToggleGroup
        size="small"
        label={label()}
        value={props.value}
        options={props.panel.series.map((one) => ({ value: one.metric, content: one.label }))}
        onChange={props.onChange}
      />
    </Show>
  )
}

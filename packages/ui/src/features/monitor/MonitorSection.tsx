import { For, Show } from 'solid-js'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { ChartPanel } from '../panels/ChartPanel.tsx'
import type { MonitorState } from './monitor-state.ts'
import { type ShownSection, toggleExtended, toggleFold } from './section-state.ts'
import './MonitorSection.css'

/** Panels that belong together, under a heading that folds them away. */
export function MonitorSection(props: { readonly section: ShownSection; readonly state: MonitorState }) {
  const { monitor } = useMessages()
  const section = () => props.section
  const extend = () => {
    toggleExtended(section())
    props.state.further.want()
  }
  const fold = () => {
    toggleFold(section())
    if (!section().isUsual) props.state.further.want()
  }
  return (
    <section
      class="monitor-section"
      data-panels={section().isFolded ? 0 : Math.min(section().panels.length, 3)}
      aria-labelledby={`section-${section().id}`}
    >
      <header class="monitor-section-head">
        <h2 id={`section-${section().id}`}>
          <button type="button" aria-expanded={!section().isFolded} onClick={fold}>
            <Icon name="down" />
            {section().title}
          </button>
        </h2>
        <Show when={!section().isFolded && section().isUsual}>
          <Button kind="quiet" onClick={extend}>
            {section().isExtended ? monitor.fewerPanels : monitor.allPanels}
          </Button>
        </Show>
      </header>
      <Show when={!section().isFolded}>
        <div class="monitor-panels">
          <For each={section().panels}>{(panel) => <ChartPanel panel={panel} state={props.state} />}</For>
        </div>
      </Show>
    </section>
  )
}

import { For, Show } from 'solid-js'
import { Icon } from '../../components/Icon.tsx'
import { TextPanel } from '../../components/TextPanel.tsx'
import type { Check } from './checks.ts'
import { texts } from './texts.ts'

/** What was looked at, and what came of it. */
export function CheckList(props: { readonly title: string; readonly checks: readonly Check[] }) {
  return (
    <TextPanel title={props.title}>
      <Show when={props.checks.length > 0} fallback={<p class="diagnostics-calm">{texts.nothingFound}</p>}>
        <ul>
          <For each={props.checks}>
            {(check) => (
              <li data-mark={check.mark}>
                <Icon name={check.mark} />
                <span class="visually-hidden">{texts.checkMarks[check.mark]}: </span>
                <span class="diagnostics-what">
                  <bdi>{check.title}</bdi>
                </span>
                <span>{check.text}</span>
                <Show when={check.detail}>
                  <p>{check.detail}</p>
                </Show>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </TextPanel>
  )
}

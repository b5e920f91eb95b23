import { Show } from 'solid-js'
import { describeProblem } from '../../api/describe-problem.ts'
import { DataState } from '../../components/DataState.tsx'
import { Icon } from '../../components/Icon.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import type { Drafts } from './drafts.ts'
import { KeyEditor } from './KeyEditor.tsx'
import { createKeyRules, createKeyValue } from './key-query.ts'

export interface KeyViewProps {
  readonly name: Uint8Array
  readonly drafts: Drafts
  /** It exists now, or does not any more. */
  readonly onChange: () => void
  readonly onRemoved: (count: number) => void
}

/** One key: read when it is opened. */
export function KeyView(props: KeyViewProps) {
  const messages = useMessages()
  const rules = createKeyRules()
  const value = createKeyValue(() => props.name)
  const answer = () => value.result().data
  const retry = () => void value.result().refetch()
  return (
    <div class="key-view">
      <DataState
        isLoading={value.result().isPending && !value.problem()}
        problem={answer() ? undefined : value.problem()}
        onRetry={retry}
      >
        <Show when={answer()}>
          {(loaded) => (
            <>
              <Show when={value.problem()}>
                {(problem) => (
                  <p class="key-note" role="status">
                    <Icon name="stale" />
                    {messages.keys.stale(describeProblem(problem(), messages).title)}
                  </p>
                )}
              </Show>
              <KeyEditor
                name={props.name}
                answer={loaded()}
                isReading={value.result().isFetching}
                rules={rules()}
                drafts={props.drafts}
                onRead={retry}
                onChange={props.onChange}
                onRemoved={props.onRemoved}
              />
            </>
          )}
        </Show>
      </DataState>
    </div>
  )
}

import { formatValue } from '@etcdmonitor/core/format/format-value'
import { Show } from 'solid-js'
import { describeProblem } from '../../../api/describe-problem.ts'
import { Button } from '../../../components/Button.tsx'
import { DataState } from '../../../components/DataState.tsx'
import { Icon } from '../../../components/Icon.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import type { ValueSearch } from '../../value/first-match.ts'
import type { Drafts } from '../drafts/drafts.ts'
import type { KeyChange } from '../key-change.ts'
import { KeyEditor } from './KeyEditor.tsx'
import { createKeyRules, createKeyValue, type LoadedValue } from './key-query.ts'

export interface KeyViewProps {
  readonly name: Uint8Array
  readonly drafts: Drafts
  /** What was searched for in values. */
  readonly wanted: ValueSearch | undefined
  readonly mayWrite: boolean
  readonly onRefused: () => void
  /** Asks for a new key that begins so; absent where nothing may be written. */
  readonly onCreate: ((beginning: Uint8Array) => void) | undefined
  readonly onClose: () => void
  readonly onChange: (change: KeyChange) => void
  readonly onRemoved: (count: number) => void
}

/** One key: read when it is opened. */
export function KeyView(props: KeyViewProps) {
  const messages = useKeysMessages()
  const rules = createKeyRules()
  const value = createKeyValue(() => props.name)
  const answer = () => value.result().data
  const retry = () => void value.result().refetch()
  const isMissing = () => value.problem()?.code === 'key_not_found'
  const isGone = () => answer() !== undefined && isMissing()
  return (
    <div class="key-view">
      <DataState
        isLoading={value.result().isPending && !value.problem() && !value.isCancelled() && !value.coming()}
        problem={answer() || isMissing() ? undefined : value.problem()}
        onRetry={retry}
        empty={
          !answer() &&
          (isMissing() ? (
            <Missing name={props.name} onCreate={props.onCreate} onClose={props.onClose} onRetry={retry} />
          ) : (
            (value.coming() || value.isCancelled()) && <Coming value={value} onRetry={retry} />
          ))
        }
      >
        <Show when={answer()}>
          {(loaded) => (
            <>
              <Show when={!isGone() && value.problem()}>
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
                isGone={isGone()}
                isReading={value.result().isFetching}
                rules={rules()}
                drafts={props.drafts}
                wanted={props.wanted}
                mayWrite={props.mayWrite}
                onRefused={props.onRefused}
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

interface MissingProps extends Pick<KeyViewProps, 'name' | 'onCreate' | 'onClose'> {
  readonly onRetry: () => void
}

/** A link or a listing named a key that is not there. */
function Missing(props: MissingProps) {
  const { keys } = useKeysMessages()
  return (
    <>
      <p role="status">{keys.missing}</p>
      <div class="key-missing">
        <Show when={props.onCreate}>
          {(create) => <Button onClick={() => create()(props.name)}>{keys.create}</Button>}
        </Show>
        <Button onClick={props.onRetry}>{keys.readAgain}</Button>
        <Button onClick={props.onClose}>{keys.back}</Button>
      </div>
    </>
  )
}

/** A large value is on its way, or was not waited for. */
function Coming(props: { readonly value: LoadedValue; readonly onRetry: () => void }) {
  const { keys, value } = useKeysMessages()
  return (
    <Show
      when={props.value.coming()}
      fallback={
        <>
          <p>{value.cancelled}</p>
          <Button onClick={props.onRetry}>{keys.readAgain}</Button>
        </>
      }
    >
      {(bytes) => (
        <>
          <p role="status">{value.coming(formatValue('bytes', bytes()))}</p>
          <Button onClick={props.value.cancel}>{value.cancel}</Button>
        </>
      )}
    </Show>
  )
}

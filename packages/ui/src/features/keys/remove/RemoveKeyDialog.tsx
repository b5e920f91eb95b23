import { formatId } from '@etcdmonitor/core/format/format-id'
import { formatValue } from '@etcdmonitor/core/format/format-value'
import { Show } from 'solid-js'
import { type KeyAnswer, type RemovedAnswer, SHAPES } from '../../../api/answers.ts'
import { useClient } from '../../../api/client-context.ts'
import { Button } from '../../../components/Button.tsx'
import { DataState } from '../../../components/DataState.tsx'
import { Dialog } from '../../../components/Dialog.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { createChange } from '../../../primitives/create-change.ts'
import { valueBytes } from '../../value/value-text.ts'
import { baseOf } from '../drafts/drafts.ts'
import { createKeyValue } from '../key/key-query.ts'
import { keyParams } from '../key-name.ts'
import { KEY_TIMEOUT } from '../key-timeout.ts'
import { RemoveQuestion } from './RemoveQuestion.tsx'
import './RemoveDialog.css'

export interface RemoveProps {
  readonly onClose: () => void
  readonly onRemoved: (count: number, revision?: number) => void
}

export interface RemoveKeyProps extends RemoveProps {
  readonly name: Uint8Array
  readonly answer: KeyAnswer
}

/** Deletes the key only as it was seen. */
export function RemoveKeyDialog(props: RemoveKeyProps) {
  const { keys, keyBrowser } = useKeysMessages()
  const client = useClient()
  const change = createChange<RemovedAnswer>()
  const facts = () => {
    const { node } = props.answer
    const size = formatValue('bytes', valueBytes(node).length)
    return keyBrowser.remove.facts(size, node.lease_id === undefined ? undefined : formatId(node.lease_id))
  }
  const remove = async () => {
    const { modRevision, dataSince } = baseOf(props.answer)
    const body = { ...keyParams(props.name), mod_revision: modRevision, data_since: dataSince }
    const request = { shape: SHAPES.removed, timeout: KEY_TIMEOUT }
    const done = await change.run(() => client.post<RemovedAnswer>('kv/v3/delete', body, request))
    if (done) props.onRemoved(done.deleted, done.revision)
  }
  return (
    <RemoveQuestion name={props.name} change={change} onRemove={() => void remove()} onClose={props.onClose}>
      <p class="dialog-text">{facts()}</p>
      <p class="dialog-text">
        {keys.remove.forGood(1)}{' '}
        {keyBrowser.remove.asSeen((props.answer.node.modifiedIndex ?? 0).toLocaleString('en'))}
      </p>
    </RemoveQuestion>
  )
}

/** The same for a key that is not open: it is read first, so that what is deleted is what was there. */
export function RemoveNamedKeyDialog(props: RemoveProps & { readonly name: Uint8Array }) {
  const { keys } = useKeysMessages()
  const value = createKeyValue(() => props.name)
  return (
    <Show
      when={value.result().data}
      fallback={
        <Dialog title={keys.remove.key} onClose={props.onClose}>
          <DataState
            isLoading={!value.problem()}
            problem={value.problem()}
            onRetry={() => void value.result().refetch()}
          >
            <div class="key-remove-waiting" />
          </DataState>
          <div class="dialog-actions">
            <Button onClick={props.onClose}>{keys.cancel}</Button>
          </div>
        </Dialog>
      }
    >
      {(answer) => (
        <RemoveKeyDialog
          name={props.name}
          answer={answer()}
          onClose={props.onClose}
          onRemoved={props.onRemoved}
        />
      )}
    </Show>
  )
}

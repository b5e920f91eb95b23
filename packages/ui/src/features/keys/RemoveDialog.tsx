import { createSignal, For, Show } from 'solid-js'
import { type DryRunAnswer, type KeyAnswer, type RemovedAnswer, SHAPES } from '../../api/answers.ts'
import { useClient } from '../../api/client-context.ts'
import { Button } from '../../components/Button.tsx'
import { Dialog } from '../../components/Dialog.tsx'
import { TextField } from '../../components/TextField.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { createProblem, createQuery } from '../../primitives/create-query.ts'
import { createChange } from './create-change.ts'
import { baseOf } from './drafts.ts'
import { identityOf, keyParams, prefixBelow, prefixParams, showUnsafe } from './key-name.ts'
import { KEY_TIMEOUT } from './key-tree.ts'
import { SaveFailed } from './SaveFailed.tsx'

interface RemoveProps {
  readonly onClose: () => void
  readonly onRemoved: (count: number) => void
}

export interface RemoveKeyProps extends RemoveProps {
  readonly name: Uint8Array
  readonly answer: KeyAnswer
}

/** Deletes the key only as it was seen. */
export function RemoveKeyDialog(props: RemoveKeyProps) {
  const { keys } = useMessages()
  const client = useClient()
  const change = createChange<RemovedAnswer>()
  const remove = async () => {
    const { modRevision, dataSince } = baseOf(props.answer)
    const body = { ...keyParams(props.name), mod_revision: modRevision, data_since: dataSince }
    const request = { shape: SHAPES.removed, timeout: KEY_TIMEOUT }
    const done = await change.run(() => client.post<RemovedAnswer>('kv/v3/delete', body, request))
    if (done) props.onRemoved(done.deleted)
  }
  return (
    <Dialog title={keys.remove.key} onClose={props.onClose}>
      <p class="key-conflict-name">
        <bdi translate="no">{showUnsafe(props.name)}</bdi>
      </p>
      <p class="dialog-text">{keys.remove.forGood(1)}</p>
      <Show when={change.problem()}>{(problem) => <SaveFailed problem={problem()} />}</Show>
      <div class="dialog-actions">
        <Button onClick={props.onClose}>{keys.cancel}</Button>
        <Button class="button-danger" disabled={change.isBusy()} onClick={() => void remove()}>
          {keys.remove.button(1)}
        </Button>
      </div>
    </Dialog>
  )
}

/** More keys than this are deleted only by who types their number. */
const MAX_UNTYPED = 10

export interface RemoveDirectoryProps extends RemoveProps {
  readonly directory: Uint8Array
  readonly separator: Uint8Array
}

/** Counts what is below a directory, says it, and deletes that many keys or none. */
export function RemoveDirectoryDialog(props: RemoveDirectoryProps) {
  const { keys, dataState } = useMessages()
  const client = useClient()
  const [typed, setTyped] = createSignal('')
  const change = createChange<RemovedAnswer>()
  const prefix = () => prefixBelow(props.directory, props.separator)
  const ask = () => ({ ...prefixParams(prefix()), dir: true })
  const counted = createQuery<DryRunAnswer>(() => ({
    queryKey: ['kv', 'v3', 'dry-run', identityOf(prefix())],
    queryFn: ({ signal }) => {
      const body = { ...ask(), dry_run: true }
      return client.post('kv/v3/delete', body, { shape: SHAPES.dryRun, signal, timeout: KEY_TIMEOUT })
    },
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  }))
  const problem = createProblem(counted, () => identityOf(prefix()))
  const count = () => (counted().isFetching ? undefined : counted().data?.count)
  const needsTyping = () => (count() ?? 0) > MAX_UNTYPED
  const mayRemove = () => {
    const sure = !needsTyping() || typed() === String(count())
    return (count() ?? 0) > 0 && sure && !change.isBusy()
  }
  const remove = async () => {
    const body = { ...ask(), expected_count: count() }
    const request = { shape: SHAPES.removed, timeout: KEY_TIMEOUT }
    const done = await change.run(() => client.post<RemovedAnswer>('kv/v3/delete', body, request))
    if (done) return props.onRemoved(done.deleted)
    setTyped('')
    void counted().refetch()
  }
  return (
    <Dialog title={keys.remove.directory} onClose={props.onClose}>
      <p class="key-conflict-name">
        <bdi translate="no">{showUnsafe(prefix())}</bdi>
      </p>
      <Show
        when={count() !== undefined}
        fallback={<p class="dialog-text">{problem() ? '' : dataState.loading}</p>}
      >
        <p class="dialog-text">{keys.remove.forGood(count() ?? 0)}</p>
        <ul class="key-remove-sample">
          <For each={counted().data?.sample}>
            {(key) => (
              <li>
                <bdi translate="no">{showUnsafe(new TextEncoder().encode(key))}</bdi>
              </li>
            )}
          </For>
        </ul>
        <Show when={needsTyping()}>
          <TextField
            label={keys.remove.type(count() ?? 0)}
            inputmode="numeric"
            autocomplete="off"
            value={typed()}
            onInput={(event) => setTyped(event.currentTarget.value.trim())}
          />
        </Show>
      </Show>
      <Show when={change.problem() ?? problem()}>{(why) => <SaveFailed problem={why()} />}</Show>
      <div class="dialog-actions">
        <Button onClick={props.onClose}>{keys.cancel}</Button>
        <Button class="button-danger" disabled={!mayRemove()} onClick={() => void remove()}>
          {keys.remove.button(count() ?? 0)}
        </Button>
      </div>
    </Dialog>
  )
}

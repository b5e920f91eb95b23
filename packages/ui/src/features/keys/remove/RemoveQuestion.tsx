import { type JSX, Show } from 'solid-js'
import { Button } from '../../../components/Button.tsx'
import { Dialog } from '../../../components/Dialog.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import type { Change } from '../../../primitives/create-change.ts'
import { showUnsafe } from '../key-name.ts'
import { SaveFailed } from '../save/SaveFailed.tsx'

export interface RemoveQuestionProps {
  readonly name: Uint8Array
  readonly change: Pick<Change<unknown>, 'isBusy' | 'problem'>
  /** What is known of the key, and what becomes of it. */
  readonly children: JSX.Element
  readonly onRemove: () => void
  readonly onClose: () => void
}

/** Asks before one key goes, of either API; says why it did not. */
export function RemoveQuestion(props: RemoveQuestionProps) {
  const { keys, keyBrowser } = useKeysMessages()
  const hasChanged = () => props.change.problem()?.code === 'revision_conflict'
  return (
    <Dialog title={keys.remove.key} onClose={props.onClose}>
      <p class="key-conflict-name">
        <bdi translate="no">{showUnsafe(props.name)}</bdi>
      </p>
      {props.children}
      <Show when={hasChanged()}>
        <p class="dialog-text" role="alert">
          {keyBrowser.remove.changed}
        </p>
      </Show>
      <Show when={!hasChanged() && props.change.problem()}>
        {(problem) => <SaveFailed problem={problem()} />}
      </Show>
      <div class="dialog-actions">
        <Button autofocus onClick={props.onClose}>
          {keys.cancel}
        </Button>
        <Button class="button-danger" disabled={props.change.isBusy()} onClick={() => props.onRemove()}>
          {props.change.isBusy() ? keys.remove.busy : keys.remove.button(1)}
        </Button>
      </div>
    </Dialog>
  )
}

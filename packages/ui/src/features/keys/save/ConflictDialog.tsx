import { formatExact } from '@etcdmonitor/core/format/format-value'
import { Show } from 'solid-js'
import type { KeyAnswer } from '../../../api/answers.ts'
import { Button } from '../../../components/Button.tsx'
import { Dialog } from '../../../components/Dialog.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { ValueDiff } from '../../value/ValueDiff.tsx'
import { valueBytes } from '../../value/value-text.ts'
import type { Draft } from '../drafts/drafts.ts'
import type { Conflict } from './create-save.ts'

export interface ConflictDialogProps {
  readonly name: string
  readonly conflict: Conflict
  readonly draft: Draft
  readonly onKeepEditing: () => void
  readonly onTakeTheirs: () => void
  readonly onOverwrite: () => void
}

/** Nothing was written: both values are shown, and one is chosen. Never merged by itself. */
export function ConflictDialog(props: ConflictDialogProps) {
  const { keys } = useKeysMessages()
  const theirs = () => props.conflict.theirs
  const revision = (answer: KeyAnswer) => formatExact('count', answer.node.modifiedIndex)
  const yours = () => formatExact('count', props.draft.base.modRevision)
  const whatHappened = (answer: KeyAnswer) => {
    const { modRevision, dataSince } = props.draft.base
    if (modRevision === 0) return keys.conflict.exists(revision(answer))
    // the numbers of other data say nothing of which is newer
    return dataSince === answer.data_since
      ? keys.conflict.revisions(yours(), revision(answer))
      : keys.conflict.otherData(yours(), revision(answer))
  }
  return (
    <Dialog title={keys.conflict.title} isLarge isWide onClose={props.onKeepEditing}>
      <div class="key-conflict">
        <p class="key-conflict-name">
          <bdi translate="no">{props.name}</bdi>
        </p>
        <p>
          <Show when={theirs()} fallback={keys.conflict.gone(yours())}>
            {(answer) => whatHappened(answer())}
          </Show>
        </p>
        <Show when={theirs()} fallback={<p class="key-note">{keys.conflict.goneShort}</p>} keyed>
          {(answer) => <ValueDiff theirs={valueBytes(answer.node)} mine={props.draft.content.bytes()} />}
        </Show>
        <div class="dialog-actions">
          <Button onClick={props.onKeepEditing}>{keys.conflict.keepEditing}</Button>
          <Button onClick={props.onTakeTheirs}>
            {theirs() ? keys.conflict.takeTheirs : keys.conflict.discardMine}
          </Button>
          <Button class="button-danger dialog-actions-end" onClick={props.onOverwrite}>
            <Show when={theirs()} fallback={keys.conflict.createAgain}>
              {(answer) => keys.conflict.overwrite(revision(answer()))}
            </Show>
          </Button>
        </div>
      </div>
    </Dialog>
  )
}

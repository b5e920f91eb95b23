import { Show } from 'solid-js'
import type { KeyAnswer } from '../../api/answers.ts'
import { Button } from '../../components/Button.tsx'
import { Dialog } from '../../components/Dialog.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import type { Conflict } from './create-save.ts'
import type { Draft } from './drafts.ts'
import { ValueView } from './ValueView.tsx'
import { valueBytes } from './value-text.ts'

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
  const { keys } = useMessages()
  const theirs = () => props.conflict.theirs
  const revision = (answer: KeyAnswer) => answer.node.modifiedIndex ?? 0
  return (
    <Dialog title={keys.conflict.title} isLarge onClose={props.onKeepEditing}>
      <div class="key-conflict">
        <p class="key-conflict-name">
          <bdi translate="no">{props.name}</bdi>
        </p>
        <p>
          <Show when={theirs()} fallback={keys.conflict.gone(props.draft.base.modRevision)}>
            {(answer) => keys.conflict.revisions(props.draft.base.modRevision, revision(answer()))}
          </Show>
        </p>
        <div class="key-conflict-sides">
          <section aria-label={keys.conflict.theirs}>
            <h3>{keys.conflict.theirs}</h3>
            <Show when={theirs()} fallback={<p>{keys.conflict.goneShort}</p>}>
              {(answer) => <ValueView bytes={valueBytes(answer().node)} />}
            </Show>
          </section>
          <section aria-label={keys.conflict.yours}>
            <h3>{keys.conflict.yours}</h3>
            <pre class="value-view-text" tabindex="0">
              {props.draft.text}
            </pre>
          </section>
        </div>
        <div class="dialog-actions">
          <Button onClick={props.onKeepEditing}>{keys.conflict.keepEditing}</Button>
          <Button onClick={props.onTakeTheirs}>
            {theirs() ? keys.conflict.takeTheirs : keys.conflict.discardMine}
          </Button>
          <Button class="button-danger" onClick={props.onOverwrite}>
            <Show when={theirs()} fallback={keys.conflict.createAgain}>
              {(answer) => keys.conflict.overwrite(revision(answer()))}
            </Show>
          </Button>
        </div>
      </div>
    </Dialog>
  )
}

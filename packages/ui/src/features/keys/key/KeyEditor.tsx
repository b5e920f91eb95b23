import { createSignal, Show } from 'solid-js'
import { Button } from '../../../components/Button.tsx'
import { Icon } from '../../../components/Icon.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import type { ValueSearch } from '../../value/first-match.ts'
import { ValuePane } from '../../value/ValuePane.tsx'
import { KeyMenu } from '../browser/KeyMenu.tsx'
import { showUnsafe } from '../key-name.ts'
import { RemoveKeyDialog } from '../remove/RemoveKeyDialog.tsx'
import { ConflictDialog } from '../save/ConflictDialog.tsx'
import { SaveBar } from '../save/SaveBar.tsx'
import { SaveOutcome } from '../save/SaveOutcome.tsx'
import { createKeyEditing, type EditedKey } from './create-key-editing.ts'
import { KeyFacts } from './KeyFacts.tsx'
import { KeyNotes } from './KeyNotes.tsx'
import './KeyEditor.css'

export interface KeyEditorProps extends EditedKey {
  /** It was there, and is not any more. */
  readonly isGone: boolean
  readonly isReading: boolean
  /** What was searched for in values. */
  readonly wanted: ValueSearch | undefined
  readonly onRemoved: (count: number) => void
}

/** The stored value, and a draft over it that survives everything but its own end. */
export function KeyEditor(props: KeyEditorProps) {
  const { keys, value } = useKeysMessages()
  const [isRemoving, setRemoving] = createSignal(false)
  const editing = createKeyEditing(props)
  const { draft, save } = editing
  const shownName = () => showUnsafe(props.name)
  return (
    <section
      class="key-editor-pane"
      aria-label={value.pane}
      onKeyDown={(event) => {
        if (event.key.toLowerCase() !== 's' || !(event.ctrlKey || event.metaKey) || event.altKey) return
        event.preventDefault()
        editing.ask()
      }}
    >
      <KeyFacts
        answer={props.answer}
        size={draft.bytes().length}
        isGone={props.isGone}
        onExpire={props.onRead}
      />
      <Show when={props.isGone}>
        <p class="key-note" role="status">
          <Icon name="warn" />
          {value.gone}
          <Show when={editing.isEditable()}>
            <Button disabled={save.isSaving()} onClick={editing.createAgain}>
              {keys.conflict.createAgain}
            </Button>
          </Show>
        </p>
      </Show>
      <KeyNotes
        why={editing.why()}
        draft={draft.draft()}
        modRevision={props.isGone ? 0 : (props.answer.node.modifiedIndex ?? 0)}
      />
      <ValuePane
        name={shownName()}
        stored={draft.bytes()}
        content={draft.draft()?.content}
        wanted={props.wanted}
        isReadOnly={!editing.isEditable()}
        maxBytes={props.rules?.kv_max_value_size}
        maxLength={editing.room()}
        noRoom={editing.noRoom()}
        type={editing.type()}
        onType={editing.setType}
        onContent={(content) => editing.change({ content })}
      >
        <span class="key-actions">
          <Button kind="quiet" disabled={props.isReading} aria-label={keys.readAgain} onClick={props.onRead}>
            <Icon name="refresh" />
          </Button>
          <KeyMenu name={props.name} bytes={draft.bytes()} />
          <Show when={props.rules && !props.rules.kv_read_only}>
            <Button class="button-danger" disabled={!props.mayWrite} onClick={() => setRemoving(true)}>
              {keys.remove.open}
            </Button>
          </Show>
        </span>
      </ValuePane>
      <Show when={editing.isEditable() || draft.draft()}>
        <SaveOutcome save={save} objection={editing.objection()} onWrite={editing.write} />
        <SaveBar
          isLeased={props.answer.node.lease_id !== undefined}
          draft={draft.draft()}
          isSaving={save.isSaving()}
          canSave={editing.canSave()}
          said={editing.said()}
          onLease={draft.change}
          onDiscard={editing.discard}
          onSave={editing.ask}
        />
      </Show>
      <Show when={isRemoving()}>
        <RemoveKeyDialog
          name={props.name}
          answer={props.answer}
          onClose={() => setRemoving(false)}
          onRemoved={(count) => {
            setRemoving(false)
            draft.discard()
            props.onRemoved(count)
          }}
        />
      </Show>
      <Show when={save.conflict()}>
        {(conflict) => (
          <ConflictDialog
            name={shownName()}
            conflict={conflict()}
            draft={draft.present()}
            onKeepEditing={editing.keepEditing}
            onTakeTheirs={editing.takeTheirs}
            onOverwrite={editing.overwrite}
          />
        )}
      </Show>
    </section>
  )
}

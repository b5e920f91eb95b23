import { formatExact } from '@etcdmonitor/core/format/format-value'
import { Show } from 'solid-js'
import { Icon } from '../../../components/Icon.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import type { Draft } from '../drafts/drafts.ts'
import { draftNote } from './draft-note.ts'

export interface KeyNotesProps {
  /** Why nothing can be changed here. */
  readonly why: string | undefined
  readonly draft: Draft | undefined
  /** Of the key as it was read last; 0: it does not exist any more. */
  readonly modRevision: number
}

/** What whoever edits a value should know before. */
export function KeyNotes(props: KeyNotesProps) {
  const { keys } = useKeysMessages()
  const number = (revision: number) => formatExact('count', revision)
  const note = () => {
    const found = draftNote(props.draft, props.modRevision)
    return (
      found && keys.draftNotes[found](number(props.draft?.base.modRevision ?? 0), number(props.modRevision))
    )
  }
  return (
    <>
      <Show when={props.why}>
        <p class="key-note">
          <Icon name="info" />
          {props.why}
        </p>
      </Show>
      <Show when={note()}>
        {(text) => (
          <p class="key-note" role="status">
            <Icon name="warn" />
            {text()}
          </p>
        )}
      </Show>
    </>
  )
}

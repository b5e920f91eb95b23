import { onMount } from 'solid-js'
import { Button } from '../../../components/Button.tsx'
import { Icon } from '../../../components/Icon.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'

export interface CloseQuestionProps {
  readonly onKeep: () => void
  readonly onDiscard: () => void
}

/** Stands where the buttons of the dialog were, and takes the focus from what was typed in. */
export function CloseQuestion(props: CloseQuestionProps) {
  const { keys, keyBrowser } = useKeysMessages()
  let keep: HTMLButtonElement | undefined
  onMount(() => keep?.focus())
  return (
    <div class="key-create-close">
      <p class="key-failed" role="alert">
        <Icon name="warn" />
        {keyBrowser.creating.wouldLose}
      </p>
      <div class="dialog-actions">
        <Button
          ref={(button) => {
            keep = button
          }}
          onClick={() => props.onKeep()}
        >
          {keys.conflict.keepEditing}
        </Button>
        <Button class="button-danger" onClick={() => props.onDiscard()}>
          {keys.discard}
        </Button>
      </div>
    </div>
  )
}

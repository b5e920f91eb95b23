import { Button } from '../../../components/Button.tsx'
import { Dialog } from '../../../components/Dialog.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { selectedPart } from './selected-part.ts'

/** Where no program may use the clipboard (plain HTTP): the text, selected. What is copied is exact. */
export function CopyByHand(props: { readonly text: string; readonly onClose: () => void }) {
  const { copy, value } = useKeysMessages()
  return (
    <Dialog title={copy.pressKeys} onClose={props.onClose}>
      <textarea
        ref={(field) => queueMicrotask(() => field.select())}
        class="key-editor key-copy"
        aria-label={copy.pressKeys}
        readonly
        rows="8"
        value={props.text}
        onCopy={(event) => {
          const { selectionStart, selectionEnd } = event.currentTarget
          event.clipboardData?.setData('text/plain', selectedPart(props.text, selectionStart, selectionEnd))
          event.preventDefault()
        }}
      />
      <div class="dialog-actions">
        <Button onClick={props.onClose}>{value.close}</Button>
      </div>
    </Dialog>
  )
}

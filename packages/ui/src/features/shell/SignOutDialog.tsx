import { Button } from '../../components/Button.tsx'
import { Dialog } from '../../components/Dialog.tsx'
import { useMessages } from '../../i18n/messages-context.ts'

export interface SignOutDialogProps {
  /** Keys with changes that are not saved. */
  readonly unsaved: number
  readonly onStay: () => void
  readonly onSignOut: () => void
}

/** What was typed ends with the session of who typed it. */
export function SignOutDialog(props: SignOutDialogProps) {
  const { unsaved } = useMessages()
  return (
    <Dialog title={unsaved.title} onClose={props.onStay}>
      <p class="dialog-text">{unsaved.text(props.unsaved)}</p>
      <div class="dialog-actions">
        <Button onClick={props.onStay}>{unsaved.stay}</Button>
        <Button class="button-danger" onClick={props.onSignOut}>
          {unsaved.signOut}
        </Button>
      </div>
    </Dialog>
  )
}

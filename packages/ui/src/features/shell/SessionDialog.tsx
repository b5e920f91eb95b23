import { useNavigate } from '@solidjs/router'
import { Show } from 'solid-js'
import { Button } from '../../components/Button.tsx'
import { Dialog } from '../../components/Dialog.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { useHandover } from '../signin/handover.ts'
import { SignInForm } from '../signin/SignInForm.tsx'

export interface SessionDialogProps {
  readonly username: string
  /** The session is over; else it is renewed before it is. */
  readonly hasEnded: boolean
  readonly onSignedIn: (username: string) => void
  /** To the sign-in page, or just away when the session still lives. */
  readonly onLeave: () => void
}

/** Over the page, which stays as it is. */
export function SessionDialog(props: SessionDialogProps) {
  const { sessionDialog } = useMessages()
  const navigate = useNavigate()
  const handover = useHandover()
  return (
    <Dialog
      title={props.hasEnded ? sessionDialog.title : sessionDialog.renewTitle}
      onClose={props.hasEnded ? undefined : () => props.onLeave()}
    >
      <Show when={props.hasEnded}>
        <p class="dialog-text">{sessionDialog.text}</p>
      </Show>
      <SignInForm
        username={props.username}
        onSignedIn={props.onSignedIn}
        onMustChange={(username, password) => {
          handover.give({ credentials: { username, password } })
          navigate('/password')
        }}
      />
      <Button kind="quiet" class="dialog-leave" onClick={() => props.onLeave()}>
        {props.hasEnded ? sessionDialog.leave : sessionDialog.cancel}
      </Button>
    </Dialog>
  )
}

import { Navigate, useNavigate } from '@solidjs/router'
import { onCleanup, Show } from 'solid-js'
import { currentSession, endSession } from '../../api/session.ts'
import { useMessages } from '../../i18n/messages-context.ts'
import { useHandover } from './handover.ts'
import { loginUrl } from './next-url.ts'
import { PasswordForm } from './PasswordForm.tsx'
import { SignInFrame } from './SignInFrame.tsx'

/** Forced after a first sign-in, which hands the credentials over; voluntary from the account menu. */
export function PasswordPage() {
  const { pages } = useMessages()
  const navigate = useNavigate()
  const handover = useHandover()
  const credentials = () => handover.given().credentials
  const username = () => credentials()?.username ?? currentSession()?.username
  // who comes to this tab later must not find it open to a new password
  onCleanup(() => credentials() && handover.give({}))

  const done = () => {
    const { next = '/' } = handover.given()
    handover.give({ notice: 'changed' })
    endSession('out') // the change has ended all sessions of the account
    navigate(loginUrl(next), { replace: true })
  }
  return (
    <Show when={username()} keyed fallback={<BackToSignIn />}>
      {(name) => (
        <SignInFrame title={pages.password}>
          <PasswordForm
            username={name}
            oldPassword={credentials()?.password}
            onDone={done}
            onCancel={credentials() ? undefined : () => navigate('/monitor')}
          />
        </SignInFrame>
      )}
    </Show>
  )
}

/** Opened without a session and without what a sign-in hands over: by a reload, or a bookmark. */
function BackToSignIn() {
  const handover = useHandover()
  if (!handover.given().notice) handover.give({ notice: 'setFirst' })
  return <Navigate href="/login" />
}

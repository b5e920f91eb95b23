import { createSignal, onCleanup, onMount, Show } from 'solid-js'
import { type LoginAnswer, SHAPES } from '../../api/answers.ts'
import { isProblem } from '../../api/client.ts'
import { useClient } from '../../api/client-context.ts'
import { openSession } from '../../api/session.ts'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { PasswordField } from '../../components/PasswordField.tsx'
import { TextField } from '../../components/TextField.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { changePrefs } from '../../prefs.ts'
import { createLock } from './create-lock.ts'
import { clockTime, type SignInError, signInError } from './sign-in-error.ts'
import './SignInForm.css'

export interface SignInFormProps {
  readonly username: string
  readonly onSignedIn: (username: string) => void
  readonly onMustChange: (username: string, password: string) => void
}

/** Name and password to a session. Sent by script: the policy of the page lets no form submit itself. */
export function SignInForm(props: SignInFormProps) {
  const messages = useMessages()
  const { signIn } = messages
  const client = useClient()
  const [isBusy, setBusy] = createSignal(false)
  const [error, setError] = createSignal<SignInError>()
  const lock = createLock()
  /** Since the refusal: another name is not locked, and a lock can be ended on the host before its time. */
  const [isEdited, setEdited] = createSignal(false)
  const isLocked = () => lock.left() > 0 && !isEdited()
  /** What is half typed must not be sent by itself: it would count as a failed attempt. */
  const edited = () => {
    setEdited(true)
    if (retry === undefined) return
    stopRetry()
    setError(undefined)
  }
  let nameField: HTMLInputElement | undefined
  let passwordField: HTMLInputElement | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  const stopRetry = () => {
    clearTimeout(retry)
    retry = undefined
  }
  onCleanup(stopRetry)
  onMount(() => (props.username === '' ? nameField : passwordField)?.focus())

  const submit = async (isRetry: boolean) => {
    // read from the fields: what a password manager fills in does not always make an event
    const body = { username: nameField?.value ?? '', password: passwordField?.value ?? '' }
    if (body.username === '') return nameField?.focus()
    if (body.password === '') return passwordField?.focus()
    if (isBusy() || isLocked()) return
    stopRetry()
    setBusy(true)
    setError(undefined)
    try {
      accept(await client.post<LoginAnswer>('auth/login', body, { shape: SHAPES.login }), body.password)
    } catch (problem) {
      if (!isProblem(problem)) throw problem
      refuse(signInError(problem, messages), isRetry)
    } finally {
      setBusy(false)
    }
  }
  const accept = (answer: LoginAnswer, password: string) => {
    changePrefs({ lastUser: answer.username })
    const { username } = answer
    if (!answer.authenticated) return props.onMustChange(username, password)
    openSession({ token: answer.session_token, username, expiresAt: answer.expires_at })
    props.onSignedIn(username)
  }
  const refuse = (why: SignInError, isRetry: boolean) => {
    const givesUp = why.retryAfter !== undefined && isRetry
    lock.begin(why.lockedFor ?? 0)
    setEdited(false)
    setError(givesUp ? { ...why, text: signIn.busyServerGiveUp } : why)
    if (why.retryAfter !== undefined && !isRetry)
      retry = setTimeout(() => void submit(true), why.retryAfter * 1_000)
    const field = why.field === 'username' ? nameField : passwordField
    field?.focus()
    field?.select()
  }
  /** A lock counts down, and is gone when it has ended. */
  const passwordError = () => {
    const why = error()
    if (why?.field !== 'password') return undefined
    if (why.lockedFor === undefined) return why.text
    return lock.left() > 0 ? signIn.locked(clockTime(lock.left())) : undefined
  }

  return (
    <form
      class="sign-in-form"
      novalidate
      onInput={edited}
      onSubmit={(event) => {
        event.preventDefault()
        void submit(false)
      }}
    >
      <TextField
        ref={(element) => {
          nameField = element
        }}
        label={signIn.userName}
        name="username"
        autocomplete="username"
        value={props.username}
        error={error()?.field === 'username' ? error()?.text : undefined}
      />
      <PasswordField
        ref={(element) => {
          passwordField = element
        }}
        label={signIn.password}
        name="password"
        autocomplete="current-password"
      />
      <Show when={passwordError()}>
        {(text) => (
          <p class="sign-in-form-error" role="alert">
            <Icon name="crit" />
            {text()}
          </p>
        )}
      </Show>
      <Button type="submit" kind="primary" disabled={isBusy() || isLocked()}>
        {isBusy() ? signIn.busy : signIn.submit}
      </Button>
    </form>
  )
}

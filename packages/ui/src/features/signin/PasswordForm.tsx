import { onMount, Show } from 'solid-js'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { PasswordField } from '../../components/PasswordField.tsx'
import { TextField } from '../../components/TextField.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { createPasswordChange, type PasswordPart } from './create-password-change.ts'

export interface PasswordFormProps {
  readonly username: string
  /** As just entered; undefined: it is asked for. */
  readonly oldPassword: string | undefined
  readonly onDone: () => void
  readonly onCancel: (() => void) | undefined
}

export function PasswordForm(props: PasswordFormProps) {
  const { changePassword: texts, signIn } = useMessages()
  const change = createPasswordChange(
    () => props.username,
    () => props.oldPassword,
  )
  const inputs = new Map<PasswordPart, HTMLInputElement>()
  onMount(() => inputs.get(props.oldPassword === undefined ? 'old' : 'next')?.focus())

  const submit = async () => {
    if (change.isBusy() || change.isLocked()) return
    // read from the fields: what a password manager fills in does not always make an event
    for (const [part, input] of inputs) change.typed(part, input.value)
    const wrong = await change.submit()
    if (wrong === undefined) return props.onDone()
    inputs.get(wrong)?.focus()
  }
  const field = (part: PasswordPart) => ({
    name: `${part}-password`,
    autocomplete: part === 'old' ? ('current-password' as const) : ('new-password' as const),
    ref: (input: HTMLInputElement) => inputs.set(part, input),
    onInput: (event: { readonly currentTarget: HTMLInputElement }) =>
      change.typed(part, event.currentTarget.value),
    onBlur: () => change.left(part),
    reservesError: part !== 'old',
  })
  return (
    <form
      class="sign-in-form"
      novalidate
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <p class="sign-in-note">
        <Icon name="info" />
        <span>{props.oldPassword === undefined ? texts.voluntary(props.username) : texts.forced}</span>
      </p>
      <TextField
        label={signIn.userName}
        name="username"
        autocomplete="username"
        value={props.username}
        readOnly
      />
      <Show
        when={props.oldPassword === undefined}
        fallback={
          <TextField label={texts.current} value={texts.asEntered} readOnly error={change.errorOf('old')} />
        }
      >
        <PasswordField {...field('old')} label={texts.current} error={change.errorOf('old')} />
      </Show>
      <PasswordField
        {...field('next')}
        label={texts.next}
        help={texts.rules(change.policy().minLength)}
        error={change.errorOf('next')}
      />
      <PasswordField {...field('repeat')} label={texts.repeat} error={change.errorOf('repeat')} />
      <Button type="submit" kind="primary" disabled={change.isBusy() || change.isLocked()}>
        {change.isBusy() ? texts.busy : texts.submit}
      </Button>
      <Show when={props.onCancel}>
        {(cancel) => (
          <Button kind="quiet" onClick={() => cancel()()}>
            {texts.cancel}
          </Button>
        )}
      </Show>
    </form>
  )
}

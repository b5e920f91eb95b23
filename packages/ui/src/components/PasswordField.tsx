import { createSignal, Show, splitProps } from 'solid-js'
import { useMessages } from '../i18n/messages-context.ts'
import { Button } from './Button.tsx'
import { TextField, type TextFieldProps } from './TextField.tsx'

/** A password, shown on demand; says when Caps Lock is on. */
export function PasswordField(props: Omit<TextFieldProps, 'type' | 'children'>) {
  const [own, rest] = splitProps(props, ['error'])
  const { signIn } = useMessages()
  const [isShown, setShown] = createSignal(false)
  const [capsLock, setCapsLock] = createSignal(false)
  // an autofill sends key events without this method
  const watchCapsLock = (event: KeyboardEvent) => setCapsLock(event.getModifierState?.('CapsLock') ?? false)
  return (
    <>
      <TextField
        {...rest}
        error={own.error}
        type={isShown() ? 'text' : 'password'}
        onKeyDown={watchCapsLock}
        onKeyUp={watchCapsLock}
      >
        <Button
          kind="quiet"
          aria-pressed={isShown()}
          aria-label={isShown() ? signIn.hide(props.label) : signIn.show(props.label)}
          onClick={() => setShown(!isShown())}
        >
          {isShown() ? signIn.hideShort : signIn.showShort}
        </Button>
      </TextField>
      <Show when={capsLock()}>
        <p class="text-field-help">{signIn.capsLock}</p>
      </Show>
    </>
  )
}

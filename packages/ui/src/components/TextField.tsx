import { createUniqueId, type JSX, Show, splitProps } from 'solid-js'
import './TextField.css'

export interface TextFieldProps extends JSX.InputHTMLAttributes<HTMLInputElement> {
  readonly label: string
  /** What is wrong with the value; the field is marked by it. */
  readonly error?: string | undefined
  /** An error may come while the pointer is on its way to a button below: the place for it is kept free. */
  readonly reservesError?: boolean
  /** Rules that hold before anything is typed. */
  readonly help?: string | undefined
  /** Beside the input: a button that shows a password. */
  readonly children?: JSX.Element
}

export function TextField(props: TextFieldProps) {
  const [own, rest] = splitProps(props, ['label', 'error', 'help', 'children', 'reservesError'])
  const id = createUniqueId()
  const describedBy = () => [own.help && `${id}-help`, own.error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div class="text-field">
      <label for={id}>{own.label}</label>
      <div class="text-field-box" data-invalid={own.error ? '' : undefined}>
        <input
          {...rest}
          id={id}
          autocapitalize="none"
          spellcheck={false}
          aria-invalid={own.error ? true : undefined}
          aria-describedby={describedBy() || undefined}
        />
        {own.children}
      </div>
      <Show when={own.help}>
        <p class="text-field-help" id={`${id}-help`}>
          {own.help}
        </p>
      </Show>
      <Show when={own.error || own.reservesError}>
        <p class="text-field-error" id={`${id}-error`}>
          {own.error}
        </p>
      </Show>
    </div>
  )
}

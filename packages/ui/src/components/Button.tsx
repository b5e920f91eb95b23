import { type JSX, splitProps } from 'solid-js'
import './Button.css'

export interface ButtonProps extends JSX.ButtonHTMLAttributes<HTMLButtonElement> {
  /** `plain` unless said. One primary a view. */
  readonly kind?: 'primary' | 'plain' | 'quiet'
}

export function Button(props: ButtonProps) {
  const [own, rest] = splitProps(props, ['kind', 'class'])
  return (
    <button type="button" {...rest} class={`button ${own.class ?? ''}`} data-kind={own.kind ?? 'plain'} />
  )
}

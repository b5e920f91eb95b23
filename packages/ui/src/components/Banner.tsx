import type { JSX } from 'solid-js'
import { Icon } from './Icon.tsx'
import './Banner.css'

export type Severity = 'crit' | 'warn' | 'info'

export interface BannerProps {
  readonly severity: Severity
  /** The severity in a word, for those who see neither icon nor colour. */
  readonly word: string
  readonly children: JSX.Element
}

/** One line that stays while it is true. */
export function Banner(props: BannerProps) {
  return (
    <div class="banner" data-severity={props.severity}>
      <Icon name={props.severity} />
      <span class="visually-hidden">{props.word}: </span>
      {props.children}
    </div>
  )
}

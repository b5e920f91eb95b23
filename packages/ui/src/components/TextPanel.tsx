import type { JSX } from 'solid-js'
import './TextPanel.css'

export interface TextPanelProps {
  readonly title: string
  readonly children: JSX.Element
}

/** A section with a frame and a heading, for a list or a table of words. */
export function TextPanel(props: TextPanelProps) {
  return (
    <section class="text-panel" aria-label={props.title}>
      <h2>{props.title}</h2>
      {props.children}
    </section>
  )
}

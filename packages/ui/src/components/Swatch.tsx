import './Swatch.css'

/** A line of a chart in small: its colour and its dash, by name and lengths in px. */
export function Swatch(props: { readonly colour: string; readonly dash: readonly number[] }) {
  return (
    <svg class="swatch" data-colour={props.colour} viewBox="0 0 18 10" aria-hidden="true">
      <line x1="0" y1="5" x2="18" y2="5" stroke-dasharray={props.dash.join(' ')} />
    </svg>
  )
}

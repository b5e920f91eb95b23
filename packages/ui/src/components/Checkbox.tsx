import { createUniqueId, Show } from 'solid-js'
import './Checkbox.css'

export interface CheckboxProps {
  readonly label: string
  readonly isChecked: boolean
  /** Why it cannot be changed now; it keeps its place in the order of focus, and says so. */
  readonly refusal?: string | undefined
  readonly onChange: () => void
}

/** The browser's own. Changes only when its owner does: a refused click leaves no trace. */
export function Checkbox(props: CheckboxProps) {
  const id = createUniqueId()
  return (
    <>
      <label class="checkbox" title={props.refusal}>
        <input
          type="checkbox"
          checked={props.isChecked}
          aria-disabled={props.refusal !== undefined}
          aria-describedby={props.refusal === undefined ? undefined : id}
          onClick={(event) => {
            if (props.refusal !== undefined) event.preventDefault()
          }}
          onChange={() => props.onChange()}
        />
        <span>{props.label}</span>
      </label>
      <Show when={props.refusal}>
        {(text) => (
          <span class="visually-hidden" id={id}>
            {text()}
          </span>
        )}
      </Show>
    </>
  )
}

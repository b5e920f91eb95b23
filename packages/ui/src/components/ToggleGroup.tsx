import { For, type JSX } from 'solid-js'
import './ToggleGroup.css'

export interface ToggleOption<T extends string> {
  readonly value: T
  /** Accessible name, where the content is not all of it. */
  readonly label?: string
  readonly content: JSX.Element
}

export interface ToggleGroupProps<T extends string> {
  readonly label: string
  readonly options: readonly ToggleOption<T>[]
  readonly value: T
  readonly onChange: (value: T) => void
  readonly size?: 'small'
}

/** One of few, all of them in sight. */
export function ToggleGroup<T extends string>(props: ToggleGroupProps<T>) {
  return (
    <fieldset class="toggle-group" aria-label={props.label} data-size={props.size}>
      <For each={props.options}>
        {(option) => (
          <button
            type="button"
            aria-label={option.label}
            aria-pressed={option.value === props.value}
            onClick={() => props.onChange(option.value)}
          >
            {option.content}
          </button>
        )}
      </For>
    </fieldset>
  )
}

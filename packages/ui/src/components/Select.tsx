import { For } from 'solid-js'
import { Icon } from './Icon.tsx'
import './Select.css'

export interface SelectOption<T extends string> {
  readonly value: T
  readonly text: string
}

export interface SelectProps<T extends string> {
  readonly label: string
  readonly options: readonly SelectOption<T>[]
  readonly value: T
  readonly onChange: (value: T) => void
  readonly size?: 'small'
}

/** The browser's own: it needs no code, opens with every keyboard and fits every phone. */
export function Select<T extends string>(props: SelectProps<T>) {
  return (
    <span class="select" data-size={props.size}>
      <select
        aria-label={props.label}
        onChange={(event) => {
          const chosen = props.options.find(({ value }) => value === event.currentTarget.value)
          if (chosen) props.onChange(chosen.value)
        }}
      >
        <For each={props.options}>
          {(option) => (
            <option value={option.value} selected={option.value === props.value}>
              {option.text}
            </option>
          )}
        </For>
      </select>
      <Icon name="down" />
    </span>
  )
}

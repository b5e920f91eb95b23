import { For } from 'solid-js'
import { Icon } from './Icon.tsx'
import './Select.css'

export interface SelectOption<T extends string> {
  readonly value: T
  readonly text: string
  /** Name of what it belongs to; options of one group follow each other. */
  readonly group?: string
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
        <For each={groupsOf(props.options)}>
          {([first, ...others]) => {
            const options = (
              <For each={[first, ...others]}>
                {(option) => (
                  <option value={option.value} selected={option.value === props.value}>
                    {option.text}
                  </option>
                )}
              </For>
            )
            return first.group === undefined ? options : <optgroup label={first.group}>{options}</optgroup>
          }}
        </For>
      </select>
      <Icon name="down" />
    </span>
  )
}

type Run<T extends string> = [SelectOption<T>, ...SelectOption<T>[]]

/** In runs of one group. */
function groupsOf<T extends string>(options: readonly SelectOption<T>[]): readonly Run<T>[] {
  const runs: Run<T>[] = []
  for (const option of options) {
    const last = runs.at(-1)
    if (last && last[0].group === option.group) last.push(option)
    else runs.push([option])
  }
  return runs
}

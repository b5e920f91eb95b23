import { DropdownMenu } from '@kobalte/core/dropdown-menu'
import { For } from 'solid-js'
import { Icon } from './Icon.tsx'
import './Menu.css'

export interface MenuChoiceProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly options: readonly { readonly value: T; readonly text: string }[]
  readonly onChange: (value: T) => void
}

/** One of few inside a menu, which stays open: the effect is seen behind it. */
export function MenuChoice<T extends string>(props: MenuChoiceProps<T>) {
  return (
    <DropdownMenu.Group class="menu-group">
      <DropdownMenu.GroupLabel class="menu-label">{props.label}</DropdownMenu.GroupLabel>
      <DropdownMenu.RadioGroup
        value={props.value}
        onChange={(chosen) => {
          const option = props.options.find(({ value }) => value === chosen)
          if (option) props.onChange(option.value)
        }}
      >
        <For each={props.options}>
          {(option) => (
            <DropdownMenu.RadioItem class="menu-item" value={option.value} closeOnSelect={false}>
              <span class="menu-check">
                <DropdownMenu.ItemIndicator>
                  <Icon name="ok" />
                </DropdownMenu.ItemIndicator>
              </span>
              <DropdownMenu.ItemLabel>{option.text}</DropdownMenu.ItemLabel>
            </DropdownMenu.RadioItem>
          )}
        </For>
      </DropdownMenu.RadioGroup>
    </DropdownMenu.Group>
  )
}

import { createEffect, createSignal, createUniqueId, For, on, Show } from 'solid-js'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { showUnsafe } from '../key-name.ts'
import { type FindChoice, findChoices } from './find-choices.ts'
import './FindBox.css'

export interface FindBoxProps {
  readonly separator: Uint8Array
  /** What was looked for. */
  readonly text: string
  /** Whatever is typed is looked for, unless another choice is made. */
  readonly isSearching: boolean
  readonly onChoose: (choice: FindChoice) => void
}

/** One field for whoever knows the key and for whoever does not: what Enter does stands first below it. */
export function FindBox(props: FindBoxProps) {
  const { keyBrowser } = useKeysMessages()
  const id = createUniqueId()
  const [text, setText] = createSignal(props.text)
  const [isOpen, setOpen] = createSignal(false)
  const [at, setAt] = createSignal(0)
  const choices = () => (isOpen() ? findChoices(text(), props.separator, props.isSearching) : [])
  createEffect(on(() => props.text, setText, { defer: true }))
  const choose = (choice: FindChoice | undefined) => {
    if (!choice) return
    setOpen(false)
    props.onChoose(choice)
  }
  const press = (event: KeyboardEvent) => {
    const all = findChoices(text(), props.separator, props.isSearching)
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const step = event.key === 'ArrowDown' ? 1 : -1
      setAt(isOpen() ? (at() + step + all.length) % Math.max(1, all.length) : 0)
      setOpen(true)
    } else if (event.key === 'Enter') choose(all[isOpen() ? at() : 0])
    else if (event.key === 'Escape' && isOpen()) setOpen(false)
    else return
    event.preventDefault()
  }
  return (
    <div class="find-box">
      <input
        type="search"
        role="combobox"
        aria-label={keyBrowser.find}
        aria-controls={id}
        aria-expanded={choices().length > 0}
        aria-autocomplete="list"
        aria-activedescendant={choices().length > 0 ? `${id}-${at()}` : undefined}
        placeholder={keyBrowser.find}
        autocapitalize="none"
        autocomplete="off"
        spellcheck={false}
        data-find=""
        value={text()}
        onInput={(event) => {
          setText(event.currentTarget.value)
          setAt(0)
          setOpen(true)
        }}
        onKeyDown={press}
        onBlur={() => setOpen(false)}
      />
      <div
        id={id}
        role="listbox"
        aria-label={keyBrowser.find}
        class="find-box-choices"
        hidden={choices().length === 0}
      >
        <For each={choices()}>
          {(choice, index) => (
            <div
              id={`${id}-${index()}`}
              role="option"
              tabIndex="-1"
              aria-selected={index() === at()}
              onPointerDown={(event) => {
                event.preventDefault() // the field would lose the focus, and the list be gone before the click
                choose(choice)
              }}
            >
              <span>{keyBrowser.findActs[choice.act]}</span>{' '}
              <bdi translate="no">{showUnsafe(choice.target)}</bdi>
              <Show when={index() === 0}>
                <kbd>Enter</kbd>
              </Show>
            </div>
          )}
        </For>
      </div>
    </div>
  )
}

import { For } from 'solid-js'
import { Button } from '../../../components/Button.tsx'
import { Checkbox } from '../../../components/Checkbox.tsx'
import { Dialog } from '../../../components/Dialog.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { changePrefs, currentPrefs } from '../../../prefs.ts'
import type { Hotkey } from '../../../primitives/create-hotkeys.ts'
import './ShortcutsDialog.css'

export interface ShortcutsDialogProps {
  readonly hotkeys: readonly Hotkey[]
  readonly onClose: () => void
}

/** Which keys do what, on the page and in what has the focus. */
export function ShortcutsDialog(props: ShortcutsDialogProps) {
  const { shortcuts, value } = useKeysMessages()
  const groups = () => [
    { title: shortcuts.page, rows: props.hotkeys.map(({ key, text }) => ({ keys: [key], text })) },
    ...shortcuts.groups,
  ]
  return (
    <Dialog title={shortcuts.title} onClose={props.onClose}>
      <div class="shortcuts">
        <For each={groups()}>
          {(group) => (
            <section aria-label={group.title}>
              <h3>{group.title}</h3>
              <dl>
                <For each={group.rows}>
                  {(row) => (
                    <div>
                      <dt>
                        <For each={row.keys}>{(key) => <kbd>{key}</kbd>}</For>
                      </dt>
                      <dd>{row.text}</dd>
                    </div>
                  )}
                </For>
              </dl>
            </section>
          )}
        </For>
        <Checkbox
          label={shortcuts.areOn}
          isChecked={currentPrefs().shortcuts}
          onChange={() => changePrefs({ shortcuts: !currentPrefs().shortcuts })}
        />
      </div>
      <div class="dialog-actions">
        <Button onClick={props.onClose}>{value.close}</Button>
      </div>
    </Dialog>
  )
}

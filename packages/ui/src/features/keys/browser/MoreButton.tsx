import { createSignal, Show } from 'solid-js'
import { Button } from '../../../components/Button.tsx'
import { ContextMenu, type MenuAction, type MenuPlace } from '../../../components/ContextMenu.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'

/** What is rarely done with all that is shown. */
export function MoreButton(props: { readonly actions: readonly MenuAction[] }) {
  const { keyBrowser } = useKeysMessages()
  const [place, setPlace] = createSignal<MenuPlace>()
  return (
    <>
      <Button
        kind="quiet"
        aria-label={keyBrowser.moreActions}
        aria-haspopup="menu"
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect()
          setPlace({ x: box.left, y: box.bottom + 4 })
        }}
      >
        ⋯
      </Button>
      <Show when={place()}>
        {(at) => <ContextMenu place={at()} actions={props.actions} onClose={() => setPlace(undefined)} />}
      </Show>
    </>
  )
}

import { createSignal, Match, Switch } from 'solid-js'
import { useMessages } from '../i18n/messages-context.ts'
import { Button } from './Button.tsx'
import { copyText } from './copy-text.ts'
import './CopyText.css'

/** A text to pass on, with a button that copies it; where nothing can, it is selected and the key is named. */
export function CopyText(props: { readonly text: string }) {
  const { copy } = useMessages()
  const [outcome, setOutcome] = createSignal<'copied' | 'refused'>()
  let shown: HTMLElement | undefined
  const act = async () => {
    const done = await copyText(props.text)
    if (!done && shown) getSelection()?.selectAllChildren(shown)
    setOutcome(done ? 'copied' : 'refused')
  }
  return (
    <span class="copy-text">
      <code
        ref={(element) => {
          shown = element
        }}
        translate="no"
      >
        {props.text}
      </code>
      <Button kind="quiet" onClick={() => void act()}>
        <Switch fallback={copy.copy}>
          <Match when={outcome() === 'copied'}>{copy.copied}</Match>
          <Match when={outcome() === 'refused'}>{copy.pressKeys}</Match>
        </Switch>
      </Button>
    </span>
  )
}

import { createSignal, Show } from 'solid-js'
import { Button } from '../../../components/Button.tsx'
import { copyText } from '../../../components/copy-text.ts'
import { Icon } from '../../../components/Icon.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { copiedName } from '../key-name.ts'
import { CopyByHand } from './CopyByHand.tsx'

export function CopyKey(props: { readonly name: Uint8Array }) {
  const { copy, value } = useKeysMessages()
  const [outcome, setOutcome] = createSignal<'copied' | 'refused'>()
  const text = () => copiedName(props.name)
  return (
    <>
      <Button
        kind="quiet"
        aria-label={value.copyKey}
        title={value.copyKey}
        onClick={() => void copyText(text()).then((done) => setOutcome(done ? 'copied' : 'refused'))}
      >
        <Icon name="copy" />
        <span role="status">{outcome() === 'copied' ? copy.copied : ''}</span>
      </Button>
      <Show when={outcome() === 'refused'}>
        <CopyByHand text={text()} onClose={() => setOutcome(undefined)} />
      </Show>
    </>
  )
}

import { Show } from 'solid-js'
import { Button } from '../../../components/Button.tsx'
import { Icon } from '../../../components/Icon.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { createLazyLayer } from '../../../primitives/create-lazy-layer.ts'

export interface KeyMenuProps {
  readonly name: Uint8Array
  /** As it is stored. */
  readonly bytes: Uint8Array
}

/** What else can be done with a key. */
export function KeyMenu(props: KeyMenuProps) {
  const { value } = useKeysMessages()
  const layer = createLazyLayer(() => import('./KeyMenuItems.tsx'))
  return (
    <Show
      when={layer.module()}
      fallback={
        <Button kind="quiet" aria-label={value.more} onClick={() => layer.want()}>
          <Icon name="more" />
        </Button>
      }
    >
      {(loaded) => {
        const { KeyMenuItems } = loaded()
        return <KeyMenuItems name={props.name} bytes={props.bytes} startsOpen={layer.isWanted()} />
      }}
    </Show>
  )
}

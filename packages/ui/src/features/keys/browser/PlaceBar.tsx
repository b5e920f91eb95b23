import { Show } from 'solid-js'
import { Button } from '../../../components/Button.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { showUnsafe } from '../key-name.ts'

export interface PlaceBarProps {
  /** What all keys begin with that are shown. */
  readonly prefix: Uint8Array
  /** It was chosen, and can be left. */
  readonly isBounded: boolean
  /** The etcd user may read only some ranges. */
  readonly hasGrants: boolean
  readonly onShowAll: () => void
}

/** Which part of the keyspace is shown, and that others are out of sight. */
export function PlaceBar(props: PlaceBarProps) {
  const { keyBrowser } = useKeysMessages()
  return (
    <>
      <Show when={props.prefix.length > 0}>
        <div class="key-place">
          <span>
            {keyBrowser.below} <bdi translate="no">{showUnsafe(props.prefix)}</bdi>
          </span>
          <Show when={props.isBounded}>
            <Button kind="quiet" onClick={() => props.onShowAll()}>
              {keyBrowser.showAll}
            </Button>
          </Show>
        </div>
      </Show>
      <Show when={props.hasGrants}>
        <p class="key-browser-note">{keyBrowser.outOfSight}</p>
      </Show>
    </>
  )
}

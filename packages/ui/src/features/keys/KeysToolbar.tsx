import { type JSX, Show } from 'solid-js'
import { ToggleGroup } from '../../components/ToggleGroup.tsx'
import { useKeysMessages } from '../../i18n/keys-messages-context.ts'
import type { KeysPlace } from '../../url/keys-url.ts'
import type { KeysPlaceState } from './create-keys-place.ts'

const NO_PREFIX = new Uint8Array()

/** Another API has other keys: nothing of the place holds there. */
const inApi = (api: KeysPlace['api']): KeysPlace => ({
  api,
  view: 'tree',
  selection: undefined,
  at: NO_PREFIX,
  q: '',
  field: 'key',
  isCased: false,
})

export interface KeysToolbarProps {
  readonly state: KeysPlaceState
  readonly isReadOnly: boolean
  /** The find box, and what is done with all keys. */
  readonly children: JSX.Element
}

/** Which API, which view, and what can be done on the page. */
export function KeysToolbar(props: KeysToolbarProps) {
  const { keyBrowser } = useKeysMessages()
  const place = () => props.state.place()
  return (
    <div class="keys-toolbar">
      <ToggleGroup
        label={keyBrowser.api}
        value={place().api}
        options={[
          { value: 'v3', content: 'v3' },
          { value: 'v2', content: 'v2' },
        ]}
        onChange={(api) => {
          if (api !== place().api) props.state.go(inApi(api))
        }}
      />
      <Show when={place().api === 'v3'}>
        <ToggleGroup
          label={keyBrowser.view}
          value={place().view}
          options={[
            { value: 'tree', content: keyBrowser.views.tree },
            { value: 'list', content: keyBrowser.views.list },
            { value: 'search', content: keyBrowser.views.search },
          ]}
          onChange={(view) => props.state.go({ view })}
        />
      </Show>
      {props.children}
      <Show when={props.isReadOnly}>
        <span class="keys-chip">{keyBrowser.readOnly}</span>
      </Show>
    </div>
  )
}

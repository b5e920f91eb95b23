import { Match, Show, Switch } from 'solid-js'
import { Button } from '../../../components/Button.tsx'
import { Icon } from '../../../components/Icon.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import type { Doubt } from './create-save.ts'

export interface SaveDoubtProps {
  readonly doubt: Doubt
  readonly onCheck: () => void
  readonly onSaveAgain: () => void
}

/** The answer of a save did not come: nothing is written again unless somebody says so. */
export function SaveDoubt(props: SaveDoubtProps) {
  const { keys, value } = useKeysMessages()
  return (
    <div class="key-failed" role="alert">
      <p>
        <Icon name="unknown" />
        <span>
          <Switch fallback={value.doubt.unknown}>
            <Match when={props.doubt === 'not_saved'}>{value.doubt.notSaved}</Match>
            <Match when={props.doubt === 'unread'}>{value.doubt.unread}</Match>
          </Switch>
        </span>
      </p>
      <Show
        when={props.doubt === 'not_saved'}
        fallback={
          <Button disabled={props.doubt === 'checking'} onClick={() => props.onCheck()}>
            {props.doubt === 'checking' ? value.doubt.checking : keys.check}
          </Button>
        }
      >
        <Button onClick={() => props.onSaveAgain()}>{value.doubt.saveAgain}</Button>
      </Show>
    </div>
  )
}

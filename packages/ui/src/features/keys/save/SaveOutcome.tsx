import { Show } from 'solid-js'
import { Button } from '../../../components/Button.tsx'
import { Icon } from '../../../components/Icon.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import type { Save } from './create-save.ts'
import { SaveDoubt } from './SaveDoubt.tsx'
import { SaveFailed } from './SaveFailed.tsx'
import type { SaveObjection } from './save-objection.ts'

export interface SaveOutcomeProps {
  readonly save: Save
  readonly objection: SaveObjection | undefined
  readonly onWrite: () => void
}

/** Why a value was not saved, or may not have been. */
export function SaveOutcome(props: SaveOutcomeProps) {
  return (
    <>
      <Show when={props.objection}>
        {(found) => <Objection objection={found()} onWrite={props.onWrite} />}
      </Show>
      <Show when={props.save.doubt()}>
        {(doubt) => (
          <SaveDoubt
            doubt={doubt()}
            onCheck={() => void props.save.check()}
            onSaveAgain={() => props.onWrite()}
          />
        )}
      </Show>
      <Show when={(!props.save.doubt() || props.save.doubt() === 'unread') && props.save.problem()}>
        {(problem) => <SaveFailed problem={problem()} />}
      </Show>
    </>
  )
}

/** Said before anything is written; what is no JSON is written all the same by who wants it. */
export function Objection(props: { readonly objection: SaveObjection; readonly onWrite: () => void }) {
  const { value } = useKeysMessages()
  return (
    <div class="key-failed" role="alert">
      <p>
        <Icon name="warn" />
        <span>{value.objection(props.objection)}</span>
      </p>
      <Show when={props.objection.kind === 'json'}>
        <Button onClick={() => props.onWrite()}>{value.saveAnyway}</Button>
      </Show>
    </div>
  )
}

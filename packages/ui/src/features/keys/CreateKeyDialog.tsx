import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { createSignal, createUniqueId, Show } from 'solid-js'
import { type PutAnswer, SHAPES } from '../../api/answers.ts'
import { useClient } from '../../api/client-context.ts'
import { Button } from '../../components/Button.tsx'
import { Dialog } from '../../components/Dialog.tsx'
import { TextField } from '../../components/TextField.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { createChange } from './create-change.ts'
import { ttlOf } from './drafts.ts'
import { KEY_TIMEOUT } from './key-tree.ts'
import { SaveFailed } from './SaveFailed.tsx'

export interface CreateKeyDialogProps {
  /** What the name begins with until it is typed over. */
  readonly prefix: string
  readonly onClose: () => void
  /** It is there now, or was before. */
  readonly onOpen: (key: Uint8Array) => void
}

/** A new key: one that exists is never written over. */
export function CreateKeyDialog(props: CreateKeyDialogProps) {
  const { keys } = useMessages()
  const client = useClient()
  const valueId = createUniqueId()
  const [key, setKey] = createSignal(props.prefix)
  const [value, setValue] = createSignal('')
  const [seconds, setSeconds] = createSignal('')
  const change = createChange<PutAnswer>()
  const ttl = () => (seconds() === '' ? undefined : ttlOf({ lease: 'new', seconds: seconds() }))
  const exists = () => change.problem()?.code === 'revision_conflict'
  const create = async () => {
    const name = key()
    const body = { key: name, value: value(), ttl: ttl(), mod_revision: 0 }
    const request = { shape: SHAPES.put, timeout: KEY_TIMEOUT }
    if (await change.run(() => client.put<PutAnswer>('kv/v3/put', body, request))) props.onOpen(toUtf8(name))
  }
  return (
    <Dialog title={keys.create} onClose={props.onClose}>
      <div class="key-create">
        <TextField
          label={keys.keyName}
          value={key()}
          error={exists() ? keys.exists : undefined}
          onInput={(event) => setKey(event.currentTarget.value)}
        />
        <label for={valueId}>{keys.value}</label>
        <textarea
          id={valueId}
          class="key-editor"
          spellcheck={false}
          value={value()}
          onInput={(event) => setValue(event.currentTarget.value)}
        />
        <TextField
          label={keys.secondsToLive}
          inputmode="numeric"
          value={seconds()}
          error={Number.isNaN(ttl()) ? keys.badSeconds : undefined}
          onInput={(event) => setSeconds(event.currentTarget.value.trim())}
        />
        <Show when={!exists() && change.problem()}>{(problem) => <SaveFailed problem={problem()} />}</Show>
        <div class="dialog-actions">
          <Button onClick={props.onClose}>{keys.cancel}</Button>
          <Show when={exists()}>
            <Button onClick={() => props.onOpen(toUtf8(key()))}>{keys.openIt}</Button>
          </Show>
          <Button
            kind="primary"
            disabled={key() === '' || change.isBusy() || Number.isNaN(ttl())}
            onClick={() => void create()}
          >
            {keys.create}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}

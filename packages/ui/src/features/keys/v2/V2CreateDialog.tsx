import { toText } from '@etcdmonitor/core/keys/show-key'
import { createSignal, Show } from 'solid-js'
import { SHAPES, type V2PutAnswer } from '../../../api/answers.ts'
import { useClient } from '../../../api/client-context.ts'
import { Button } from '../../../components/Button.tsx'
import { Dialog } from '../../../components/Dialog.tsx'
import { TextField } from '../../../components/TextField.tsx'
import { ToggleGroup } from '../../../components/ToggleGroup.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { createChange } from '../../../primitives/create-change.ts'
import { CloseQuestion } from '../create/CloseQuestion.tsx'
import { createCloseQuestion } from '../create/create-close-question.ts'
import { createNewValue } from '../create/create-new-value.ts'
import { NewValueField } from '../create/NewValueField.tsx'
import { ttlOf } from '../drafts/drafts.ts'
import { createKeyRules } from '../key/key-query.ts'
import { KEY_TIMEOUT } from '../key-timeout.ts'
import { SaveFailed } from '../save/SaveFailed.tsx'

export interface V2CreateDialogProps {
  /** What the name begins with until it is typed over. */
  readonly prefix: string
  readonly onClose: () => void
  /** It is there now, or was before. */
  readonly onOpen: (key: string, isDirectory: boolean) => void
}

/** A new v2 key or directory: one that exists is never written over. */
export function V2CreateDialog(props: V2CreateDialogProps) {
  const { keys, v2 } = useKeysMessages()
  const client = useClient()
  const rules = createKeyRules()
  const [key, setKey] = createSignal(props.prefix)
  const [kind, setKind] = createSignal<'key' | 'directory'>('key')
  const value = createNewValue(key)
  const [seconds, setSeconds] = createSignal('')
  const change = createChange<V2PutAnswer>()
  const closing = createCloseQuestion(() => value.content().length > 0)
  const close = () => closing.leave(props.onClose)
  const isDirectory = () => kind() === 'directory'
  const ttl = () => (seconds() === '' ? 0 : ttlOf({ lease: 'new', seconds: seconds() }))
  const exists = () => ['revision_conflict', 'not_a_file'].includes(change.problem()?.code ?? '')
  const canCreate = () => key().replaceAll('/', '') !== '' && !change.isBusy() && !Number.isNaN(ttl())
  const write = async () => {
    if (!canCreate()) return
    const time = seconds() === '' ? undefined : ttl()
    const body = isDirectory()
      ? { key: key(), dir: true, ttl: time }
      : { key: key(), value: toText(value.content().bytes()) ?? '', ttl: ttl(), mod_revision: 0 }
    const request = { shape: SHAPES.v2Put, timeout: KEY_TIMEOUT }
    const done = await change.run(() => client.put<V2PutAnswer>('kv/v2/put', body, request))
    if (done) props.onOpen(done.node.key, isDirectory())
  }
  return (
    <Dialog title={isDirectory() ? v2.createDirectory : keys.create} onClose={close}>
      <form
        class="key-create"
        onSubmit={(event) => {
          event.preventDefault()
          if (isDirectory() || value.isWritable()) void write()
        }}
      >
        <ToggleGroup
          label={v2.kind}
          value={kind()}
          options={[
            { value: 'key', content: v2.kinds.key },
            { value: 'directory', content: v2.kinds.directory },
          ]}
          onChange={setKind}
        />
        <TextField
          label={isDirectory() ? v2.kinds.directory : keys.keyName}
          value={key()}
          error={exists() ? v2.exists : undefined}
          onInput={(event) => setKey(event.currentTarget.value)}
        />
        <Show when={!isDirectory()}>
          <NewValueField value={value} maxBytes={rules()?.kv_max_value_size} onWrite={() => void write()} />
        </Show>
        <TextField
          label={keys.secondsToLive}
          inputmode="numeric"
          value={seconds()}
          error={Number.isNaN(ttl()) ? keys.badSeconds : undefined}
          onInput={(event) => setSeconds(event.currentTarget.value.trim())}
        />
        <Show when={!exists() && change.problem()}>{(problem) => <SaveFailed problem={problem()} />}</Show>
        <Show
          when={closing.isAsking()}
          fallback={
            <div class="dialog-actions">
              <Button onClick={close}>{keys.cancel}</Button>
              <Button type="submit" kind="primary" disabled={!canCreate()}>
                {isDirectory() ? v2.createDirectory : keys.create}
              </Button>
            </div>
          }
        >
          <CloseQuestion onKeep={closing.keep} onDiscard={closing.discard} />
        </Show>
      </form>
    </Dialog>
  )
}

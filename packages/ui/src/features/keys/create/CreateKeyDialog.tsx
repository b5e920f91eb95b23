import { formatExact } from '@etcdmonitor/core/format/format-value'
import { fromBase64, toBase64 } from '@etcdmonitor/core/keys/base64'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { showBytes, toText } from '@etcdmonitor/core/keys/show-key'
import { createSignal, For, Show } from 'solid-js'
import { type PutAnswer, SHAPES } from '../../../api/answers.ts'
import { useClient } from '../../../api/client-context.ts'
import { Button } from '../../../components/Button.tsx'
import { Checkbox } from '../../../components/Checkbox.tsx'
import { Dialog } from '../../../components/Dialog.tsx'
import { TextField } from '../../../components/TextField.tsx'
import { useToasts } from '../../../components/toasts.ts'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { createChange } from '../../../primitives/create-change.ts'
import { ttlOf } from '../drafts/drafts.ts'
import { useDrafts } from '../drafts/drafts-context.ts'
import { createKeyRules } from '../key/key-query.ts'
import { identityOf, keyParams, showUnsafe } from '../key-name.ts'
import { KEY_TIMEOUT } from '../key-timeout.ts'
import { valueParams } from '../save/put-body.ts'
import { SaveFailed } from '../save/SaveFailed.tsx'
import { CloseQuestion } from './CloseQuestion.tsx'
import { createCloseQuestion } from './create-close-question.ts'
import { createNewValue } from './create-new-value.ts'
import { keyWarnings } from './key-warnings.ts'
import { NewValueField } from './NewValueField.tsx'

export interface CreateKeyDialogProps {
  /** What the name begins with until it is typed over. */
  readonly prefix: Uint8Array
  readonly separator: Uint8Array
  readonly mayWrite: (key: Uint8Array) => boolean
  readonly onClose: () => void
  /** A key was made; the dialog may go on. */
  readonly onCreated: (key: Uint8Array) => void
  /** It is there now, or was before. */
  readonly onOpen: (key: Uint8Array) => void
}

/** A new key: one that exists is never written over. */
export function CreateKeyDialog(props: CreateKeyDialogProps) {
  const { keys, keyBrowser } = useKeysMessages()
  const texts = keyBrowser.creating
  const client = useClient()
  const toasts = useToasts()
  const rules = createKeyRules()
  const drafts = useDrafts()
  const beginning = toText(props.prefix)
  const [key, setKey] = createSignal(beginning ?? toBase64(props.prefix))
  const [isBytes, setBytes] = createSignal(beginning === undefined)
  const [isOneOfMany, setOneOfMany] = createSignal(false)
  const value = createNewValue(() => (isBytes() ? '' : key()))
  const [seconds, setSeconds] = createSignal('')
  const change = createChange<PutAnswer>()
  const closing = createCloseQuestion(() => value.content().length > 0)
  const close = () => closing.leave(props.onClose)
  const ttl = () => (seconds() === '' ? undefined : ttlOf({ lease: 'new', seconds: seconds() }))
  const name = () => (isBytes() ? fromBase64(key().trim()) : toUtf8(key()))
  const [tried, setTried] = createSignal('')
  const typed = () => `${isBytes()} ${key()}`
  const exists = () => change.problem()?.code === 'revision_conflict' && tried() === typed()
  const presentRevision = () => {
    const revision = change.problem()?.fields.more.current_revision
    return typeof revision === 'number' ? formatExact('count', revision) : undefined
  }
  const warnings = () => (isBytes() ? [] : keyWarnings(key(), showBytes(props.separator)))
  const keyError = () => {
    if (exists()) return keys.exists(presentRevision())
    const bytes = name()
    if (!bytes) return texts.badBase64
    return bytes.length > 0 && !props.mayWrite(bytes) ? keyBrowser.mayNotWriteKey : undefined
  }
  const canCreate = () => {
    const bytes = name()
    const isName = bytes !== undefined && bytes.length > 0 && props.mayWrite(bytes)
    return isName && !change.isBusy() && !Number.isNaN(ttl())
  }
  const write = async () => {
    const bytes = name()
    if (!canCreate() || !bytes) return
    const sent = value.content()
    const body = {
      ...keyParams(bytes),
      ...valueParams(sent.bytes()),
      ttl: ttl(),
      mod_revision: 0,
    }
    const request = { shape: SHAPES.put, timeout: KEY_TIMEOUT }
    setTried(typed())
    const done = await change.run(() => client.put<PutAnswer>('kv/v3/put', body, request))
    if (!done) return
    const asked = ttl()
    if (asked !== undefined && done.granted_ttl !== undefined && done.granted_ttl !== asked)
      toasts.show(texts.raised(asked, done.granted_ttl))
    const type = value.chosenType()
    if (type) drafts.setType(identityOf(bytes), type)
    props.onCreated(bytes)
    if (!isOneOfMany()) return props.onOpen(bytes)
    toasts.show(texts.created(showUnsafe(bytes)))
    if (value.content() === sent) value.clear() // what was typed meanwhile is of the next one
  }
  return (
    <Dialog title={keys.create} onClose={close}>
      <form
        class="key-create"
        onSubmit={(event) => {
          event.preventDefault()
          if (canCreate() && value.isWritable()) void write()
        }}
      >
        <TextField
          label={keys.keyName}
          value={key()}
          error={keyError()}
          onInput={(event) => setKey(event.currentTarget.value)}
        />
        <For each={warnings()}>{(warning) => <p class="key-note">{texts.warnings[warning]}</p>}</For>
        <Checkbox label={texts.asBytes} isChecked={isBytes()} onChange={() => setBytes(!isBytes())} />
        <NewValueField value={value} maxBytes={rules()?.kv_max_value_size} onWrite={() => void write()} />
        <TextField
          label={keys.secondsToLive}
          inputmode="numeric"
          value={seconds()}
          error={Number.isNaN(ttl()) ? keys.badSeconds : undefined}
          onInput={(event) => setSeconds(event.currentTarget.value.trim())}
        />
        <Show when={change.problem()?.code !== 'revision_conflict' && change.problem()}>
          {(problem) => <SaveFailed problem={problem()} />}
        </Show>
        <Checkbox
          label={texts.another}
          isChecked={isOneOfMany()}
          onChange={() => setOneOfMany(!isOneOfMany())}
        />
        <Show
          when={closing.isAsking()}
          fallback={
            <div class="dialog-actions">
              <Button onClick={close}>{keys.cancel}</Button>
              <Show when={exists() && name()}>
                {(bytes) => (
                  <Button onClick={() => closing.leave(() => props.onOpen(bytes()))}>{keys.openIt}</Button>
                )}
              </Show>
              <Button type="submit" kind="primary" disabled={!canCreate()}>
                {keys.create}
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

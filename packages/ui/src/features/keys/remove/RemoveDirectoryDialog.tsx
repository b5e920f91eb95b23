import { A } from '@solidjs/router'
import { createSignal, For, Match, onMount, Show, Switch } from 'solid-js'
import { useClient } from '../../../api/client-context.ts'
import { Button } from '../../../components/Button.tsx'
import { Dialog } from '../../../components/Dialog.tsx'
import { TextField } from '../../../components/TextField.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { operationsHref } from '../../../url/operations-url.ts'
import { createOpsEnabled } from '../../shell/create-ops-enabled.ts'
import { prefixBelow, prefixParams, showUnsafe } from '../key-name.ts'
import { SaveFailed } from '../save/SaveFailed.tsx'
import { createRemoval, PART, type RemovalTarget } from './create-removal.ts'
import { RemovedNode } from './RemovedNode.tsx'
import type { RemoveProps } from './RemoveKeyDialog.tsx'
import './RemoveDialog.css'

/** More keys than this are deleted only by who types their number. */
const MAX_UNTYPED = 10
/** From here on what other writes have to wait is told. */
const MANY = 10_000

export interface RemoveDirectoryProps extends RemoveProps {
  readonly directory: Uint8Array
  readonly separator: Uint8Array
  /** What the keys begin with, where that is not the directory's name and the separator. */
  readonly prefix?: Uint8Array | undefined
  /** How the API is asked, where it is not that of v3. */
  readonly target?: RemovalTarget
}

/** Counts what is below a directory, says it, and deletes that many keys or none; very many in parts. */
export function RemoveDirectoryDialog(props: RemoveDirectoryProps) {
  const { keys, keyBrowser } = useKeysMessages()
  const texts = keyBrowser.remove
  // what is deleted is what the dialog was opened for
  const prefix = props.prefix ?? prefixBelow(props.directory, props.separator)
  const isWhole = prefix.length === 0
  const isV3 = props.target === undefined
  const v3: RemovalTarget = { path: 'kv/v3/delete', body: { ...prefixParams(prefix), dir: true } }
  const isOpsEnabled = createOpsEnabled()
  const removal = createRemoval(useClient(), props.target ?? v3)
  onMount(removal.count)
  const [typed, setTyped] = createSignal('')
  const [words, setWords] = createSignal('')
  const count = () => removal.counted()?.count ?? 0
  const needsTyping = () => isWhole || count() > MAX_UNTYPED
  const isSure = () =>
    (!needsTyping() || typed() === String(count())) && (!isWhole || words() === texts.allWords)
  const mayRemove = () => removal.state() === 'counted' && (count() > 0 || !isV3) && isSure()
  const remove = async () => {
    if (!mayRemove()) return
    const done = await removal.run()
    setTyped('')
    if (done) props.onRemoved(done.deleted, done.revision)
  }
  const close = () => {
    const { deleted } = removal.progress()
    if (removal.state() === 'running') removal.stop()
    else if (deleted > 0) props.onRemoved(deleted)
    else props.onClose()
  }
  const shown = (value: number) => value.toLocaleString('en')
  const hasChanged = () => removal.problem()?.code === 'confirmation_required'
  return (
    <Dialog title={isWhole ? texts.everything : keys.remove.directory} onClose={close}>
      <Show when={!isWhole}>
        <p class="key-conflict-name">
          <bdi translate="no">{showUnsafe(prefix)}</bdi>
        </p>
      </Show>
      <Switch>
        <Match when={removal.state() === 'counting'}>
          <p class="dialog-text" role="status">
            {texts.counting}
          </p>
        </Match>
        <Match when={removal.state() === 'running'}>
          <p class="dialog-text" role="status">
            {texts.progress(
              shown(removal.progress().deleted),
              shown(removal.progress().deleted + removal.progress().left),
            )}
            <Show when={removal.isStopping()}> {texts.stopping}</Show>
          </p>
        </Match>
        <Match when={removal.state() === 'stopped'}>
          <p class="dialog-text" role="status">
            {texts.stopped(removal.progress().deleted, removal.progress().left)}
          </p>
        </Match>
        <Match when={removal.state() === 'counted'}>
          <Show when={removal.progress().deleted > 0}>
            <p class="dialog-text">{keys.remove.done(removal.progress().deleted)}</p>
          </Show>
          <Show when={hasChanged()}>
            <p class="dialog-text" role="alert">
              {texts.countChanged(shown(count()), removal.progress().deleted > 0)}
            </p>
          </Show>
          <p class="dialog-text">{keys.remove.forGood(count())}</p>
          <Show when={isWhole && isOpsEnabled()}>
            <p class="dialog-text">
              <A href={operationsHref({ task: 'snapshot' })}>{texts.snapshotFirst}</A>
            </p>
          </Show>
          <Sample sample={removal.counted()?.sample ?? []} count={count()} />
          <Show when={isV3 && props.directory.length > 0}>
            <RemovedNode name={props.directory} />
          </Show>
          <Show when={isV3 && count() > MANY}>
            <p class="dialog-text">{texts.holdsUp}</p>
          </Show>
          <Show when={isV3 && count() > PART}>
            <p class="dialog-text">{texts.inParts}</p>
          </Show>
        </Match>
      </Switch>
      <form
        class="key-remove-form"
        onSubmit={(event) => {
          event.preventDefault()
          void remove()
        }}
      >
        <Show when={removal.state() === 'counted' && needsTyping() && count() > 0}>
          <TextField
            label={keys.remove.type(count())}
            inputmode="numeric"
            autocomplete="off"
            value={typed()}
            onInput={(event) => setTyped(event.currentTarget.value.trim())}
          />
          <Show when={isWhole}>
            <TextField
              label={texts.typeWords(texts.allWords)}
              autocomplete="off"
              value={words()}
              onInput={(event) => setWords(event.currentTarget.value)}
            />
          </Show>
        </Show>
        <Show when={!hasChanged() && removal.problem()}>{(why) => <SaveFailed problem={why()} />}</Show>
        <div class="dialog-actions">
          <Switch
            fallback={
              <Button autofocus onClick={close}>
                {removal.state() === 'stopped' ? texts.close : keys.cancel}
              </Button>
            }
          >
            <Match when={removal.state() === 'running'}>
              <Button disabled={removal.isStopping()} onClick={removal.stop}>
                {texts.stop}
              </Button>
            </Match>
          </Switch>
          <Show when={removal.state() === 'stopped' || removal.state() === 'failed'}>
            <Button onClick={removal.count}>{texts.countAgain}</Button>
          </Show>
          <Show when={removal.state() === 'counted' || removal.state() === 'counting'}>
            <Button type="submit" class="button-danger" disabled={!mayRemove()}>
              {keys.remove.button(count())}
            </Button>
          </Show>
        </div>
      </form>
    </Dialog>
  )
}

/** The first of the keys that would go. */
function Sample(props: { readonly sample: readonly string[]; readonly count: number }) {
  const { keyBrowser } = useKeysMessages()
  return (
    <ul class="key-remove-sample">
      <For each={props.sample}>
        {(key) => (
          <li>
            <bdi translate="no">{showUnsafe(new TextEncoder().encode(key))}</bdi>
          </li>
        )}
      </For>
      <Show when={props.count > props.sample.length}>
        <li class="key-remove-more">
          {keyBrowser.remove.more((props.count - props.sample.length).toLocaleString('en'))}
        </li>
      </Show>
    </ul>
  )
}

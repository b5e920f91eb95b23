import { toText } from '@etcdmonitor/core/keys/show-key'
import { createEffect, createSignal, Match, Show, Switch } from 'solid-js'
import type { AuthStatus, KeyAnswer } from '../../api/answers.ts'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { ConflictDialog } from './ConflictDialog.tsx'
import { createSave } from './create-save.ts'
import { baseOf, type Draft, type Drafts, isUnchanged, ttlOf } from './drafts.ts'
import { KeyFacts } from './KeyFacts.tsx'
import { identityOf, showUnsafe } from './key-name.ts'
import { LeaseFields } from './LeaseFields.tsx'
import { RemoveKeyDialog } from './RemoveDialog.tsx'
import { SaveFailed } from './SaveFailed.tsx'
import { ValueView } from './ValueView.tsx'
import { toEditable, valueBytes } from './value-text.ts'

export interface KeyEditorProps {
  readonly name: Uint8Array
  readonly answer: KeyAnswer
  readonly isReading: boolean
  readonly rules: Pick<AuthStatus, 'kv_read_only' | 'kv_max_value_size'> | undefined
  readonly drafts: Drafts
  readonly onRead: () => void
  readonly onChange: () => void
  readonly onRemoved: (count: number) => void
}

/** The stored value, and a draft over it that survives everything but its own end. */
export function KeyEditor(props: KeyEditorProps) {
  const { keys } = useMessages()
  const [asHex, setAsHex] = createSignal(false)
  const [isRemoving, setRemoving] = createSignal(false)
  const save = createSave(() => props.name)
  const id = () => identityOf(props.name)
  const bytes = () => valueBytes(props.answer.node)
  const stored = () => toEditable(bytes())
  const draft = () => props.drafts.of(id())
  const fresh = (): Draft => ({
    text: stored()?.text ?? '',
    lineEnd: stored()?.lineEnd ?? '\n',
    lease: 'keep',
    seconds: '',
    base: baseOf(props.answer),
  })
  const change = (changes: Partial<Draft>) => {
    const next = { ...(draft() ?? fresh()), ...changes }
    props.drafts.set(id(), isUnchanged(next, toText(bytes()) ?? '') ? undefined : next)
  }
  const why = () => {
    if (!props.rules) return undefined
    if (props.rules.kv_read_only) return keys.readOnly
    if (bytes().length > props.rules.kv_max_value_size) return keys.tooLarge
    return stored() ? undefined : keys.onlyHex(toText(bytes()) !== undefined)
  }
  const isEditable = () => props.rules !== undefined && why() === undefined
  const canSave = () => {
    const now = draft()
    return now !== undefined && !save.isSaving() && !Number.isNaN(ttlOf(now))
  }
  const run = async (base = draft()?.base) => {
    const now = draft()
    if (!now || !canSave()) return
    const key = id()
    const saved = await save.run(now, base)
    const typed = props.drafts.of(key)
    if (!saved || !typed) return
    // what was typed meanwhile stays, over what is stored now
    props.drafts.set(key, { ...typed, lease: 'keep', seconds: '', base: baseOf(saved) })
    if (base?.modRevision === 0) props.onChange()
  }
  createEffect(() => {
    const now = draft()
    if (now && isUnchanged(now, toText(bytes()) ?? '')) props.drafts.set(id(), undefined)
  })
  const rebase = (theirs: KeyAnswer | undefined) => {
    const now = draft()
    const base = theirs ? baseOf(theirs) : { modRevision: 0, dataSince: props.answer.data_since }
    if (now) props.drafts.set(id(), { ...now, base })
    save.settle()
  }
  const drop = () => {
    props.drafts.set(id(), undefined)
    if (!save.conflict()?.theirs) props.onChange()
    save.settle()
    props.onRead()
  }
  return (
    <>
      <KeyFacts answer={props.answer} size={bytes().length} onExpire={props.onRead} />
      <Show when={why()}>
        <p class="key-note">
          <Icon name="info" />
          {why()}
        </p>
      </Show>
      <div class="key-tools">
        <Button
          kind="quiet"
          aria-pressed={!asHex() && toText(bytes()) !== undefined}
          disabled={toText(bytes()) === undefined}
          onClick={() => setAsHex(false)}
        >
          {keys.text}
        </Button>
        <Button
          kind="quiet"
          aria-pressed={asHex() || toText(bytes()) === undefined}
          onClick={() => setAsHex(true)}
        >
          {keys.hex}
        </Button>
        <Button kind="quiet" disabled={props.isReading} onClick={props.onRead}>
          <Icon name="refresh" />
          {keys.readAgain}
        </Button>
        <Show when={props.rules && !props.rules.kv_read_only}>
          <Button class="button-danger" onClick={() => setRemoving(true)}>
            {keys.remove.open}
          </Button>
        </Show>
      </div>
      <Show when={isEditable() && !asHex()} fallback={<ValueView bytes={bytes()} asHex={asHex()} />}>
        <textarea
          class="key-editor"
          aria-label={keys.valueOf(showUnsafe(props.name))}
          spellcheck={false}
          autocapitalize="none"
          value={draft()?.text ?? stored()?.text ?? ''}
          onInput={(event) => change({ text: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key !== 's' || !(event.ctrlKey || event.metaKey)) return
            event.preventDefault()
            void run()
          }}
        />
      </Show>
      <Show when={isEditable()}>
        <Show when={save.problem()}>
          {(problem) => <SaveFailed problem={problem()} onCheck={props.onRead} />}
        </Show>
        <Show
          when={
            (draft()?.base.modRevision ?? props.answer.node.modifiedIndex) !== props.answer.node.modifiedIndex
          }
        >
          <p class="key-note" role="status">
            <Icon name="warn" />
            {keys.otherBase(draft()?.base.modRevision ?? 0)}
          </p>
        </Show>
        <div class="key-save">
          <LeaseFields
            isLeased={props.answer.node.lease_id !== undefined}
            lease={draft()?.lease ?? 'keep'}
            seconds={draft()?.seconds ?? ''}
            onChange={change}
          />
          <span class="key-save-state" role="status">
            <Switch>
              <Match when={save.isSaving()}>{keys.saving}</Match>
              <Match when={draft()}>{keys.notSaved}</Match>
            </Switch>
          </span>
          <Button disabled={!draft()} onClick={() => props.drafts.set(id(), undefined)}>
            {keys.discard}
          </Button>
          <Button kind="primary" disabled={!canSave()} onClick={() => void run()}>
            {keys.save}
          </Button>
        </div>
      </Show>
      <Show when={isRemoving()}>
        <RemoveKeyDialog
          name={props.name}
          answer={props.answer}
          onClose={() => setRemoving(false)}
          onRemoved={(count) => {
            setRemoving(false)
            props.drafts.set(id(), undefined)
            props.onRemoved(count)
          }}
        />
      </Show>
      <Show when={draft() && save.conflict()}>
        {(conflict) => (
          <ConflictDialog
            name={showUnsafe(props.name)}
            conflict={conflict()}
            draft={draft() ?? fresh()}
            onKeepEditing={() => rebase(conflict().theirs)}
            onTakeTheirs={drop}
            onOverwrite={() => {
              const { theirs } = conflict()
              rebase(theirs)
              void run()
            }}
          />
        )}
      </Show>
    </>
  )
}

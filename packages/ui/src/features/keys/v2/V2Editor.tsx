import { formatExact } from '@etcdmonitor/core/format/format-value'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { lazy, Show, Suspense } from 'solid-js'
import { SHAPES, type V2NodeAnswer, type V2PutAnswer } from '../../../api/answers.ts'
import { useClient } from '../../../api/client-context.ts'
import { Button } from '../../../components/Button.tsx'
import { DataState } from '../../../components/DataState.tsx'
import { Select } from '../../../components/Select.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { createChange } from '../../../primitives/create-change.ts'
import { lineSeparatorOf } from '../../editor/line-separator.ts'
import { ttlOf } from '../drafts/drafts.ts'
import { showUnsafe } from '../key-name.ts'
import { KEY_TIMEOUT } from '../key-timeout.ts'
import { SaveFailed } from '../save/SaveFailed.tsx'
import type { V2Draft, V2Drafts } from './v2-drafts.ts'

const ValueDiff = lazy(async () => ({ default: (await import('../../value/ValueDiff.tsx')).ValueDiff }))

/** What the v2 API gives for each byte that is none of a UTF-8 text. */
const NO_UTF8 = '\ufffd'

export interface V2EditorProps {
  readonly node: V2NodeAnswer
  readonly drafts: V2Drafts
  readonly canChange: boolean
  readonly onRead: () => void
  readonly onChange: () => void
}

/** The value of a v2 key, saved only over what it was made of. */
export function V2Editor(props: V2EditorProps) {
  const { keys, v2, value } = useKeysMessages()
  const client = useClient()
  const change = createChange<V2PutAnswer>()
  const key = () => props.node.key
  const index = () => props.node.modifiedIndex ?? 0
  const stored = () => props.node.value ?? ''
  const draft = () => props.drafts.of(key())
  // a text area knows LF alone: CRLF is put back into what was typed, other line ends are only shown
  const separator = () => lineSeparatorOf(stored())
  const whyNotExact = () => {
    if (stored().includes(NO_UTF8)) return v2.noUtf8
    return separator() === '\r\n' || !stored().includes('\r') ? undefined : v2.otherLineEnds
  }
  const room = () => props.drafts.room(key())
  const mayEdit = () => props.canChange && (draft() !== undefined || room() >= stored().length)
  const isFull = () => (draft()?.value.length ?? 0) >= room()
  const noRoom = () => {
    const others = props.drafts.others(key())
    return others === 0 ? value.draftTooLarge : value.tooManyDrafts(others)
  }
  const edit = (changes: Partial<V2Draft>) => {
    const before = draft() ?? { value: stored(), time: 'keep' as const, seconds: '', base: index() }
    const next = { ...before, ...changes }
    const isUnchanged = next.value === stored() && next.time === 'keep'
    props.drafts.set(key(), isUnchanged ? undefined : next)
  }
  const ttl = () => {
    const now = draft()
    return now ? ttlOf({ lease: now.time, seconds: now.seconds }) : undefined
  }
  const shown = (at: number | undefined) => formatExact('count', at)
  const hasChanged = () => (draft()?.base ?? index()) !== index()
  const canSave = () => draft() !== undefined && !change.isBusy() && !Number.isNaN(ttl())
  /** What was typed while it was being saved stays, over what is stored now. */
  const settle = (name: string, sent: string, base: number) => {
    const left = props.drafts.of(name)
    const isSent = left === undefined || left.value === sent
    props.drafts.set(name, isSent ? undefined : { value: left.value, time: 'keep', seconds: '', base })
  }
  const save = async () => {
    const now = draft()
    if (!now || !canSave()) return
    const name = key()
    const body = { key: name, value: now.value, ttl: ttl(), mod_revision: now.base }
    const request = { shape: SHAPES.v2Put, timeout: KEY_TIMEOUT }
    const done = await change.run(() => client.put<V2PutAnswer>('kv/v2/put', body, request))
    if (done) {
      settle(name, now.value, done.node.modifiedIndex ?? 0)
      props.onChange()
    }
    if (done || change.problem()?.code === 'revision_conflict') props.onRead()
  }
  return (
    <>
      <textarea
        class="v2-value"
        aria-label={keys.valueOf(showUnsafe(new TextEncoder().encode(key())))}
        spellcheck={false}
        autocapitalize="none"
        readOnly={!mayEdit() || whyNotExact() !== undefined}
        maxLength={room()}
        value={(draft()?.value ?? stored()).replaceAll('\r\n', '\n')}
        onInput={(event) => edit({ value: event.currentTarget.value.replaceAll('\n', separator()) })}
        onKeyDown={(event) => {
          if (event.key !== 's' || !(event.ctrlKey || event.metaKey)) return
          event.preventDefault()
          void save()
        }}
      />
      <Show when={props.canChange && (!mayEdit() || isFull())}>
        <p class="key-note">{noRoom()}</p>
      </Show>
      <Show when={mayEdit() && whyNotExact()}>{(why) => <p class="key-note">{why()}</p>}</Show>
      <Show when={hasChanged()}>
        <div class="v2-theirs">
          <Suspense fallback={<DataState isLoading>{null}</DataState>}>
            <ValueDiff theirs={toUtf8(stored())} mine={toUtf8(draft()?.value ?? '')} />
          </Suspense>
        </div>
        <div class="key-failed" role="alert">
          <p>{v2.changed(shown(draft()?.base), shown(index()))}</p>
          <Button onClick={() => props.drafts.set(key(), undefined)}>{keys.conflict.takeTheirs}</Button>
          <Button onClick={() => edit({ base: index() })}>{v2.keepMine}</Button>
        </div>
      </Show>
      <Show when={change.problem()?.code !== 'revision_conflict' && change.problem()}>
        {(problem) => (
          <>
            <SaveFailed problem={problem()} />
            <Show when={['outcome_unknown', 'network'].includes(problem().code)}>
              <Button onClick={() => props.onRead()}>{keys.check}</Button>
            </Show>
          </>
        )}
      </Show>
      <Show when={mayEdit()}>
        <div class="key-save">
          <span class="key-lease">
            <Select
              label={keys.lease}
              value={draft()?.time ?? 'keep'}
              options={[
                { value: 'keep', text: props.node.ttl === undefined ? v2.permanent : v2.keepTime },
                ...(props.node.ttl === undefined ? [] : [{ value: 'none' as const, text: v2.permanent }]),
                { value: 'new', text: keys.newLease },
              ]}
              onChange={(time) => edit({ time })}
            />
            <Show when={draft()?.time === 'new'}>
              <input
                class="key-seconds"
                aria-label={keys.seconds}
                placeholder={keys.seconds}
                inputmode="numeric"
                value={draft()?.seconds ?? ''}
                aria-invalid={Number.isNaN(ttl())}
                onInput={(event) => edit({ seconds: event.currentTarget.value.trim() })}
              />
            </Show>
          </span>
          <span class="key-save-state" role="status">
            {change.isBusy() ? keys.saving : draft() ? keys.notSaved : ''}
          </span>
          <Button disabled={!draft()} onClick={() => props.drafts.set(key(), undefined)}>
            {keys.discard}
          </Button>
          <Button kind="primary" disabled={!canSave() || hasChanged()} onClick={() => void save()}>
            {keys.save}
          </Button>
        </div>
      </Show>
    </>
  )
}

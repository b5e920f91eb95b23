import { formatAge } from '@etcdmonitor/core/format/format-age'
import { toText } from '@etcdmonitor/core/keys/show-key'
import { type Accessor, createEffect, createMemo, createSignal, on } from 'solid-js'
import type { AuthStatus, KeyAnswer } from '../../../api/answers.ts'
import { useToasts } from '../../../components/toasts.ts'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { guessType, type ValueType } from '../../value/value-type.ts'
import { baseOf, type DraftBase, type Drafts, ttlOf } from '../drafts/drafts.ts'
import type { KeyChange } from '../key-change.ts'
import { bytesOfIdentity, identityOf, showUnsafe } from '../key-name.ts'
import { createDraft, type KeyDraft, settleDraft } from '../save/create-draft.ts'
import { createSave, type Save } from '../save/create-save.ts'
import { type SaveObjection, saveObjection } from '../save/save-objection.ts'

/** What the editing of one key needs of who shows it. */
export interface EditedKey {
  readonly name: Uint8Array
  readonly answer: KeyAnswer
  readonly rules: Pick<AuthStatus, 'kv_read_only' | 'kv_max_value_size'> | undefined
  readonly drafts: Drafts
  /** As far as the roles of the etcd user say. */
  readonly mayWrite: boolean
  readonly onRefused: () => void
  readonly onRead: () => void
  readonly onChange: (change: KeyChange) => void
}

export interface KeyEditing {
  readonly draft: KeyDraft
  readonly save: Save
  readonly type: Accessor<ValueType>
  readonly setType: (type: ValueType) => void
  /** Characters that the draft may have. */
  readonly room: Accessor<number>
  /** Why it may not have more. */
  readonly noRoom: Accessor<string>
  /** Why nothing can be changed here. */
  readonly why: Accessor<string | undefined>
  readonly isEditable: Accessor<boolean>
  readonly canSave: Accessor<boolean>
  /** What is said once before it is saved. */
  readonly objection: Accessor<SaveObjection | undefined>
  /** Of the last save. */
  readonly said: Accessor<string>
  readonly change: KeyDraft['change']
  /** Saves, unless something has to be said before. */
  readonly ask: () => void
  /** Saves whatever was said. */
  readonly write: () => void
  /** As a key that does not exist. */
  readonly createAgain: () => void
  readonly discard: () => void
  /** The three ways out of a conflict. */
  readonly keepEditing: () => void
  readonly takeTheirs: () => void
  readonly overwrite: () => void
}

/** The draft over a key, and its way into etcd. */
export function createKeyEditing(key: EditedKey): KeyEditing {
  const { keys, value } = useKeysMessages()
  const toasts = useToasts()
  const [objection, setObjection] = createSignal<SaveObjection>()
  const [said, setSaid] = createSignal('')
  const id = createMemo(() => identityOf(key.name))
  const draft = createDraft(id, () => key.answer, key.drafts)
  const save = createSave({
    key: () => key.name,
    leaseId: () => key.answer.node.lease_id,
    onUnseen: (name) => toasts.show(keys.unsaved(showUnsafe(name))),
    onSaved: (saved) => {
      const { sent, grantedTtl = 0 } = saved
      settleDraft(key.drafts, saved)
      const asked = ttlOf(sent) ?? 0
      const seconds = (count: number) => formatAge(count * 1_000)
      setSaid(grantedTtl > asked ? value.raised(seconds(asked), seconds(grantedTtl)) : value.saved)
      const target = { key: bytesOfIdentity(saved.id), isDirectory: false }
      key.onChange(saved.isNew ? { kind: 'made', target } : { kind: 'saved', node: saved.answer.node })
    },
  })
  createEffect(
    on(save.problem, (problem) => {
      if (problem?.code === 'permission_denied') key.onRefused()
    }),
  )
  const type = createMemo(
    () => key.drafts.typeOf(id()) ?? guessType(showUnsafe(key.name), toText(draft.bytes()) ?? ''),
  )
  const room = () => key.drafts.room(id())
  const noRoom = () => {
    const others = key.drafts.count() - (draft.draft() ? 1 : 0)
    return others === 0 ? value.draftTooLarge : value.tooManyDrafts(others)
  }
  const why = () => {
    if (!key.rules) return undefined
    const { kv_read_only: isReadOnly, kv_max_value_size: most } = key.rules
    if (isReadOnly) return keys.readOnly
    if (!key.mayWrite) return value.mayNotWrite
    if (draft.bytes().length > most) return keys.tooLarge
    return draft.draft() || room() >= draft.bytes().length ? undefined : noRoom()
  }
  const isEditable = () => key.rules !== undefined && why() === undefined
  const canSave = () => {
    const now = draft.draft()
    return isEditable() && now !== undefined && !save.isSaving() && !Number.isNaN(ttlOf(now))
  }
  const write = (base?: DraftBase) => {
    setObjection(undefined)
    setSaid('')
    void save.run(draft.present(), base)
  }
  const discard = () => {
    setObjection(undefined)
    draft.discard()
  }
  const baseNow = (theirs: KeyAnswer | undefined): DraftBase =>
    theirs ? baseOf(theirs) : { modRevision: 0, dataSince: key.answer.data_since }
  return {
    draft,
    save,
    type,
    setType: (chosen) => key.drafts.setType(id(), chosen),
    room,
    noRoom,
    why,
    isEditable,
    canSave,
    objection,
    said,
    change: (changes) => {
      setObjection(undefined)
      draft.change(changes)
    },
    ask: () => {
      if (!canSave()) return
      const found = saveObjection(draft.present().content, type())
      if (found) setObjection(found)
      else write()
    },
    write: () => write(),
    createAgain: () => write(baseNow(undefined)),
    discard,
    keepEditing: () => {
      const theirs = save.conflict()?.theirs
      draft.rebase(baseNow(theirs))
      save.settle()
      if (!theirs) key.onRead() // what was loaded is of a key that is gone
    },
    takeTheirs: () => {
      const isGone = save.conflict()?.theirs === undefined
      discard()
      save.settle()
      if (isGone) key.onChange({ kind: 'gone', target: { key: key.name, isDirectory: false } })
      key.onRead()
    },
    overwrite: () => {
      const base = baseNow(save.conflict()?.theirs)
      draft.rebase(base)
      write(base)
    },
  }
}

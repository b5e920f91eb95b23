import { useQueryClient } from '@tanstack/solid-query'
import { type Accessor, createSignal, onCleanup } from 'solid-js'
import { type KeyAnswer, type PutAnswer, SHAPES } from '../../../api/answers.ts'
import { isProblem } from '../../../api/client.ts'
import { useClient } from '../../../api/client-context.ts'
import type { Problem } from '../../../api/problem.ts'
import { type Draft, type DraftBase, ttlOf } from '../drafts/drafts.ts'
import { valueKey } from '../key/key-query.ts'
import { identityOf, keyParams } from '../key-name.ts'
import { KEY_TIMEOUT } from '../key-timeout.ts'
import { judgeSave, type SentSave } from './judge-save.ts'
import { putBody } from './put-body.ts'

/** Something else is in etcd than the draft was made of; `theirs` undefined: the key is gone. */
export interface Conflict {
  readonly theirs: KeyAnswer | undefined
}

/** A save whose answer did not come; `unread`: nor did that of the question what became of it. */
export type Doubt = 'unknown' | 'checking' | 'unread' | 'not_saved'

export interface Saved {
  /** Identity of the key, which may not be the one that is open any more. */
  readonly id: string
  readonly sent: Draft
  readonly answer: KeyAnswer
  /** The key did not exist before. */
  readonly isNew: boolean
  /** Seconds that etcd granted, where a new lease was asked for and answered. */
  readonly grantedTtl?: number | undefined
}

export interface SaveDeps {
  readonly key: Accessor<Uint8Array>
  /** As it is known of the key. */
  readonly leaseId: Accessor<string | undefined>
  readonly onSaved: (saved: Saved) => void
  /** It was not saved, as far as is known, and nobody looks at the key any more. */
  readonly onUnseen: (key: Uint8Array) => void
}

export interface Save {
  readonly isSaving: Accessor<boolean>
  readonly problem: Accessor<Problem | undefined>
  readonly conflict: Accessor<Conflict | undefined>
  readonly doubt: Accessor<Doubt | undefined>
  /** `base` is what the save may replace, unless it is that of the draft. */
  readonly run: (draft: Draft, base?: DraftBase) => Promise<void>
  /** Reads what became of a save in doubt; nothing is written. */
  readonly check: () => Promise<void>
  /** Whoever read the conflict has chosen. */
  readonly settle: () => void
}

/** Whoever wrote is asked about soon, ms: what was under way may still arrive. */
const CHECK_AFTER = 2_000

/** The request may have arrived although no answer did. */
const UNANSWERED: ReadonlySet<string> = new Set(['outcome_unknown', 'network', 'bad_answer'])

/** Writes a key if it is still what the draft was made of; never twice by itself. */
export function createSave({ key, leaseId, onSaved, onUnseen }: SaveDeps): Save {
  const client = useClient()
  const queries = useQueryClient()
  const [isSaving, setSaving] = createSignal(false)
  const [problem, setProblem] = createSignal<Problem>()
  const [conflict, setConflict] = createSignal<Conflict>()
  const [doubt, setDoubt] = createSignal<Doubt>()
  let inDoubt: { readonly name: Uint8Array; readonly draft: Draft; readonly sent: SentSave } | undefined
  // goes on when the key is left: what became of its draft is worth knowing then as well
  let timer: ReturnType<typeof setTimeout> | undefined
  let isLeft = false
  onCleanup(() => {
    isLeft = true
  })
  const end = (name: Uint8Array) => {
    if (isLeft) onUnseen(name)
  }

  async function readNow(name: Uint8Array): Promise<KeyAnswer | undefined> {
    try {
      const request = { shape: SHAPES.key, timeout: KEY_TIMEOUT }
      const found = await client.get<KeyAnswer>('kv/v3/get', keyParams(name), request)
      queries.setQueryData<KeyAnswer>(valueKey(name), found)
      return found
    } catch (error) {
      if (isProblem(error) && error.code === 'key_not_found') return undefined
      throw error
    }
  }

  async function write(name: Uint8Array, draft: Draft, base: DraftBase): Promise<void> {
    const leaseBefore = base.modRevision === 0 ? undefined : leaseId() // a key made anew has none to keep
    try {
      const request = { shape: SHAPES.put, timeout: KEY_TIMEOUT }
      const answer = await client.put<PutAnswer>('kv/v3/put', putBody(name, draft, base), request)
      const { node, revision, data_since, granted_ttl: grantedTtl } = answer
      queries.setQueryData<KeyAnswer>(valueKey(name), { node, revision, data_since })
      const saved = { id: identityOf(name), sent: draft, isNew: base.modRevision === 0, grantedTtl }
      onSaved({ ...saved, answer: { node, revision, data_since } })
    } catch (error) {
      if (!isProblem(error)) throw error
      if (error.code === 'revision_conflict') {
        setConflict({ theirs: await readNow(name) })
        return end(name)
      }
      if (isUnanswered(error)) {
        const sent = {
          bytes: draft.content.bytes(),
          ttl: ttlOf(draft),
          modRevision: base.modRevision,
          leaseBefore,
          leaseId: error.fields.leaseId,
        }
        inDoubt = { name, draft, sent }
        setDoubt('unknown')
        timer = setTimeout(() => void check(), CHECK_AFTER)
      }
      throw error
    }
  }

  async function check(): Promise<void> {
    clearTimeout(timer)
    const asked = inDoubt
    if (!asked || doubt() === 'checking') return
    const { name, draft, sent } = asked
    // it was saved anew meanwhile: what was found tells nothing of that
    const isOver = () => inDoubt !== asked
    setDoubt('checking')
    try {
      const now = await readNow(name)
      if (isOver()) return
      const verdict = judgeSave(sent, now?.node)
      if (verdict === 'not_saved') {
        setDoubt('not_saved')
        return end(name)
      }
      forget()
      if (verdict === 'other') {
        setConflict({ theirs: now })
        end(name)
      } else if (now)
        onSaved({ id: identityOf(name), sent: draft, answer: now, isNew: sent.modRevision === 0 })
    } catch (error) {
      if (!isProblem(error)) throw error
      if (isOver()) return
      setProblem(error)
      setDoubt('unread')
      end(name)
    }
  }

  function forget(): void {
    clearTimeout(timer)
    inDoubt = undefined
    setDoubt(undefined)
    setProblem(undefined)
  }

  return {
    isSaving,
    problem,
    conflict,
    doubt,
    check,
    settle: () => setConflict(undefined),
    run: async (draft, base = draft.base) => {
      forget()
      setSaving(true)
      setConflict(undefined)
      const name = key()
      try {
        await write(name, draft, base)
      } catch (error) {
        if (!isProblem(error)) throw error
        // whoever signs in again goes on where this was: it would be told of a session that is there
        if (error.code !== 'unauthenticated') setProblem(error)
        if (!inDoubt) end(name)
      } finally {
        setSaving(false)
      }
    },
  }
}

/** A proxy that says how large a request may be did not pass it on. */
const isUnanswered = ({ code, fields }: Problem): boolean => UNANSWERED.has(code) && fields.status !== 413

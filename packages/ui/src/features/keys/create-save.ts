import { useQueryClient } from '@tanstack/solid-query'
import { type Accessor, createSignal } from 'solid-js'
import { type KeyAnswer, type PutAnswer, SHAPES } from '../../api/answers.ts'
import { isProblem } from '../../api/client.ts'
import { useClient } from '../../api/client-context.ts'
import type { Problem } from '../../api/problem.ts'
import { type Draft, type DraftBase, ttlOf } from './drafts.ts'
import { keyParams } from './key-name.ts'
import { valueKey } from './key-query.ts'
import { KEY_TIMEOUT } from './key-tree.ts'
import { fromEditable } from './value-text.ts'

/** Something else is in etcd than the draft was made of; `theirs` undefined: the key is gone. */
export interface Conflict {
  readonly theirs: KeyAnswer | undefined
}

export interface Save {
  readonly isSaving: Accessor<boolean>
  readonly problem: Accessor<Problem | undefined>
  readonly conflict: Accessor<Conflict | undefined>
  /** What was written; undefined when nothing was. `base` is what the save may replace, unless it is that of the draft. */
  readonly run: (draft: Draft, base?: DraftBase) => Promise<KeyAnswer | undefined>
  /** Whoever read the conflict has chosen. */
  readonly settle: () => void
}

/** Writes a key if it is still what the draft was made of; never twice by itself. */
export function createSave(key: Accessor<Uint8Array>): Save {
  const client = useClient()
  const queries = useQueryClient()
  const [isSaving, setSaving] = createSignal(false)
  const [problem, setProblem] = createSignal<Problem>()
  const [conflict, setConflict] = createSignal<Conflict>()

  const put = (name: Uint8Array, draft: Draft, { modRevision, dataSince }: DraftBase) =>
    client.put<PutAnswer>(
      'kv/v3/put',
      {
        ...keyParams(name),
        value: fromEditable(draft),
        ttl: ttlOf(draft),
        mod_revision: modRevision,
        data_since: dataSince,
      },
      { shape: SHAPES.put, timeout: KEY_TIMEOUT },
    )

  async function readTheirs(name: Uint8Array): Promise<Conflict> {
    try {
      const request = { shape: SHAPES.key, timeout: KEY_TIMEOUT }
      return { theirs: await client.get<KeyAnswer>('kv/v3/get', keyParams(name), request) }
    } catch (error) {
      if (isProblem(error) && error.code === 'key_not_found') return { theirs: undefined }
      throw error
    }
  }

  async function write(draft: Draft, base: DraftBase): Promise<KeyAnswer | undefined> {
    const name = key()
    try {
      const { node, revision, data_since } = await put(name, draft, base)
      const saved = { node, revision, data_since }
      queries.setQueryData<KeyAnswer>(valueKey(name), saved)
      return saved
    } catch (error) {
      if (!isProblem(error) || error.code !== 'revision_conflict') throw error
      const found = await readTheirs(name)
      if (found.theirs) queries.setQueryData<KeyAnswer>(valueKey(name), found.theirs)
      setConflict(found)
      return undefined
    }
  }

  return {
    isSaving,
    problem,
    conflict,
    settle: () => setConflict(undefined),
    run: async (draft, base = draft.base) => {
      setSaving(true)
      setProblem(undefined)
      setConflict(undefined)
      try {
        return await write(draft, base)
      } catch (error) {
        if (!isProblem(error)) throw error
        setProblem(error)
        return undefined
      } finally {
        setSaving(false)
      }
    },
  }
}

import { type Accessor, createEffect, createMemo, on } from 'solid-js'
import type { KeyAnswer } from '../../../api/answers.ts'
import { bytesContent, equalBytes, rebaseContent } from '../../value/value-content.ts'
import { valueBytes } from '../../value/value-text.ts'
import { baseOf, type Draft, type DraftBase, type Drafts, isUnchanged } from '../drafts/drafts.ts'
import type { Saved } from './create-save.ts'

export interface KeyDraft {
  /** What is stored. */
  readonly bytes: Accessor<Uint8Array>
  readonly draft: Accessor<Draft | undefined>
  /** The draft, or what is stored as one. */
  readonly present: Accessor<Draft>
  readonly change: (changes: Partial<Pick<Draft, 'content' | 'lease' | 'seconds'>>) => void
  readonly discard: () => void
  /** Goes on over what is stored now, after a conflict. */
  readonly rebase: (base: DraftBase) => void
}

/** The draft of one key over its stored value. */
export function createDraft(id: Accessor<string>, answer: Accessor<KeyAnswer>, drafts: Drafts): KeyDraft {
  const bytes = createMemo(() => valueBytes(answer().node))
  const draft = () => drafts.of(id())
  const keep = (next: Draft) => drafts.set(id(), isUnchanged(next) ? undefined : next)
  const present = (): Draft =>
    draft() ?? { content: bytesContent(bytes(), bytes()), lease: 'keep', seconds: '', base: baseOf(answer()) }
  createEffect(
    on(bytes, (stored) => {
      const now = draft()
      if (now) keep({ ...now, content: rebaseContent(now.content, stored) })
    }),
  )
  return {
    bytes,
    draft,
    present,
    change: (changes) => keep({ ...present(), ...changes }),
    discard: () => drafts.set(id(), undefined),
    rebase: (base) => {
      const now = draft()
      if (now) drafts.set(id(), { ...now, base, isConflicted: true })
    },
  }
}

/** What was typed while it was being saved stays, over what is stored now. */
export function settleDraft(drafts: Drafts, { id, sent, answer }: Saved): void {
  const now = drafts.of(id)
  if (!now) return
  const stored = valueBytes(answer.node)
  const isSent = now.content === sent.content || equalBytes(now.content.bytes(), stored)
  const { isConflicted: _, ...rest } = now
  drafts.set(
    id,
    isSent
      ? undefined
      : {
          ...rest,
          content: rebaseContent(now.content, stored),
          lease: 'keep',
          seconds: '',
          base: baseOf(answer),
        },
  )
}

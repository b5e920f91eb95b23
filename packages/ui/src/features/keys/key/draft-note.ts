import type { Draft } from '../drafts/drafts.ts'

/**
 * What is said of a draft that was not made of what is stored now:
 *
 * | note | the draft was made of | and now there is |
 * | --- | --- | --- |
 * | `created_again_by_saving` | no key, after a conflict | no key |
 * | `exists_again` | no key, after a conflict | a key, which somebody made meanwhile |
 * | `after_conflict` | what a conflict showed | the same |
 * | `of_another` | one revision | another one |
 */
export type DraftNote = 'created_again_by_saving' | 'exists_again' | 'after_conflict' | 'of_another'

/** @param modRevision of the key as it was read last; 0: it does not exist */
export function draftNote(draft: Draft | undefined, modRevision: number): DraftNote | undefined {
  if (!draft) return undefined
  const { modRevision: base } = draft.base
  if (base === 0) return modRevision === 0 ? 'created_again_by_saving' : 'exists_again'
  if (base === modRevision) return draft.isConflicted ? 'after_conflict' : undefined
  return modRevision === 0 ? undefined : 'of_another' // that a key is gone is said of the key
}

import { useQueryClient } from '@tanstack/solid-query'
import { type Accessor, createMemo, createSignal } from 'solid-js'
import { type LayoutAnswer, type MessageAnswer, SHAPES } from '../../api/answers.ts'
import { isProblem } from '../../api/client.ts'
import { useClient } from '../../api/client-context.ts'
import type { Problem } from '../../api/problem.ts'
import { isSameDraft, type LayoutDraft, toDraft, toLayout } from './layout-draft.ts'
import { LAYOUT_KEY } from './layout-query.ts'

export interface DraftState {
  readonly draft: Accessor<LayoutDraft>
  change(next: LayoutDraft): void
  readonly isChanged: Accessor<boolean>
  /** Another window has saved since this draft was begun. */
  readonly isOvertaken: Accessor<boolean>
  readonly isBusy: Accessor<boolean>
  /** Why the last try to save failed. */
  readonly problem: Accessor<Problem | undefined>
  /** True when it was saved; the page follows at once. */
  save(): Promise<boolean>
}

/** What is chosen in the dialog, until it is saved. */
export function createLayoutDraft(layout: Accessor<LayoutAnswer>): DraftState {
  const client = useClient()
  const queries = useQueryClient()
  const begun = toDraft(layout())
  const [draft, setDraft] = createSignal(begun)
  const [isBusy, setBusy] = createSignal(false)
  const [problem, setProblem] = createSignal<Problem>()
  return {
    draft,
    change: setDraft,
    isChanged: createMemo(() => !isSameDraft(draft(), begun)),
    isOvertaken: createMemo(() => !isSameDraft(toDraft(layout()), begun)),
    isBusy,
    problem,
    async save() {
      if (isBusy()) return false
      setBusy(true)
      setProblem(undefined)
      const saved = toLayout(draft())
      try {
        await client.put<MessageAnswer>('user/panel-config', saved, { shape: SHAPES.message })
        await queries.cancelQueries({ queryKey: LAYOUT_KEY }) // it may bring what was there before
        queries.setQueryData(LAYOUT_KEY, saved)
        return true
      } catch (failure) {
        if (!isProblem(failure)) throw failure
        setProblem(failure)
        return false
      } finally {
        setBusy(false)
      }
    },
  }
}

import type { RunAnswer } from '../../../api/answers.ts'
import { rowsIn, textIn } from './read-result.ts'

const DONE: ReadonlySet<string> = new Set(['succeeded', 'skipped'])

/** Members that a defragmentation did not come to the end with, in the order of the run (operations.md 7.2). */
export function membersLeft({ operation, state, result, steps, member_ids }: RunAnswer): readonly string[] {
  if (operation !== 'defragment' || state === 'running' || state === 'succeeded') return []
  const rows = rowsIn(result ?? {}, 'members')
  // the result tells it; a run whose process is gone has none
  const isDone = (id: string) =>
    rows.length > 0
      ? rows.some((row) => textIn(row, 'member_id') === id && DONE.has(textIn(row, 'state')))
      : steps.some(
          ({ name, member_id, state: is }) => name === 'defragment' && member_id === id && DONE.has(is),
        )
  return member_ids.filter((id) => !isDone(id))
}

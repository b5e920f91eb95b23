/** Two marks with the same start of the process and a higher count: a defragmentation was finished in between. */
export interface DefragMark {
  readonly count: number
  /** Unix seconds. */
  readonly processStart: number
}

export type DefragmentOutcome = 'done' | 'not_done' | 'restarted' | 'unreadable'

/** What became of a defragmentation whose answer was lost, once the member answers again (operations.md 4.5). */
export function judgeDefragment(
  before: DefragMark | undefined,
  after: DefragMark | undefined,
): DefragmentOutcome {
  if (!before || !after) return 'unreadable'
  if (after.processStart > before.processStart) return 'restarted'
  return after.count > before.count ? 'done' : 'not_done'
}

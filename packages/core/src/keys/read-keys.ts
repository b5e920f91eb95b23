import type { KeyPage, KeyRange } from './key-entry.ts'

/** One page of a range at the revision of the walk. A page may hold fewer than `limit` keys although there are more. */
export type ReadKeys = (
  range: KeyRange,
  limit: number,
) => Promise<Pick<KeyPage, 'entries' | 'count' | 'more'>>

import type { MemberId } from '../etcd/member.ts'

/** What a voter answered at one revision. */
export interface HashAnswer {
  readonly memberId: MemberId
  readonly hash: number
  readonly compactRevision: string
  /** From etcd 3.6 on. */
  readonly hashRevision?: string
}

/** One round: the answers at revision `revision`, and the voters that gave none. */
export interface HashRound {
  readonly revision: string
  readonly answers: readonly HashAnswer[]
  readonly missing: readonly {
    readonly memberId: MemberId
    readonly why: 'silent' | 'compacting' | 'error'
  }[]
}

export const HASH_REASONS = [
  'member_missing',
  'single_voter',
  'compacting',
  'changed_between_attempts',
  'seen_once',
  'cancelled',
  'error',
] as const
/** Why nothing is proven. `seen_once`: a difference, and no further look at it; `cancelled`: before anything was compared. */
export type HashReason = (typeof HASH_REASONS)[number]

export type HashVerdict =
  | { readonly verdict: 'consistent' }
  | { readonly verdict: 'inconsistent'; readonly minority: readonly MemberId[] }
  | { readonly verdict: 'inconclusive'; readonly reason: HashReason }

/**
 * What the rounds say, the newest last; none: it was cancelled before (operations.md 11.1). Answers of different versions are compared: etcd's releases compute equal
 * hashes on purpose.
 */
export function judgeHashKv(rounds: readonly HashRound[]): HashVerdict {
  const newest = rounds.at(-1)
  if (!newest) return { verdict: 'inconclusive', reason: 'cancelled' }
  // a round that a compaction tore lies between two looks as well: what was found before it still counts
  const differing = rounds.slice(0, -1).filter(differs)
  // where nobody writes there is no newer revision: then the same one counts when another look lay in between
  const isOther = (round: HashRound) => round.revision !== newest.revision || round !== rounds.at(-2)
  if (differs(newest))
    return differing.some(isOther)
      ? { verdict: 'inconsistent', minority: minorityOf(newest) }
      : { verdict: 'inconclusive', reason: 'seen_once' }
  const reason = whyInconclusive(newest, differing.length > 0)
  return reason ? { verdict: 'inconclusive', reason } : { verdict: 'consistent' }
}

/** Whether two answers that may be compared have different hashes: then the check is made once more. */
export const differs = ({ answers }: HashRound): boolean =>
  answers.some((one) => answers.some((other) => isComparable(one, other) && one.hash !== other.hash))

const isComparable = (one: HashAnswer, other: HashAnswer): boolean =>
  one.compactRevision === other.compactRevision &&
  (one.hashRevision === undefined ||
    other.hashRevision === undefined ||
    one.hashRevision === other.hashRevision)

/** Whether a compaction came between the answers, so that they are not of one state: then the round is begun again. */
const isTornByCompaction = ({ answers, missing }: HashRound): boolean =>
  answers.some((one) => answers.some((other) => !isComparable(one, other))) ||
  missing.some(({ why }) => why === 'compacting')

function whyInconclusive(newest: HashRound, differedBefore: boolean): HashReason | undefined {
  if (newest.missing.some(({ why }) => why === 'silent')) return 'member_missing'
  if (isTornByCompaction(newest)) return 'compacting'
  if (newest.missing.length > 0) return 'error'
  if (newest.answers.length < 2) return 'single_voter'
  return differedBefore ? 'changed_between_attempts' : undefined
}

/** Members whose hash is not that of more than half of the voters; all of them where there is no such hash. */
function minorityOf({ answers, missing }: HashRound): readonly MemberId[] {
  const voters = answers.length + missing.length
  const counts = new Map<number, number>()
  for (const { hash } of answers) counts.set(hash, (counts.get(hash) ?? 0) + 1)
  const [majority] = [...counts].find(([, count]) => count * 2 > voters) ?? []
  return answers.filter(({ hash }) => hash !== majority).map(({ memberId }) => memberId)
}

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

export type HashReason =
  | 'member_missing'
  | 'single_voter'
  | 'compacting'
  | 'changed_between_attempts'
  | 'error'

export type HashVerdict =
  | { readonly verdict: 'consistent' }
  | { readonly verdict: 'inconsistent'; readonly minority: readonly MemberId[] }
  | { readonly verdict: 'inconclusive'; readonly reason: HashReason }

/**
 * What two or more rounds say, the newest last (operations.md 11.1). Answers of different versions are compared: etcd's releases compute equal
 * hashes on purpose.
 */
export function judgeHashKv(rounds: readonly HashRound[]): HashVerdict {
  const newest = rounds.at(-1)
  if (!newest) return { verdict: 'inconclusive', reason: 'error' }
  const before = rounds.at(-2)
  if (differs(newest))
    return before && differs(before) && before.revision !== newest.revision
      ? { verdict: 'inconsistent', minority: minorityOf(newest) }
      : { verdict: 'inconclusive', reason: 'error' }
  const reason = whyInconclusive(newest, before)
  return reason ? { verdict: 'inconclusive', reason } : { verdict: 'consistent' }
}

/** Whether two answers that may be compared have different hashes: then the check is made once more. */
const differs = ({ answers }: HashRound): boolean =>
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

function whyInconclusive(newest: HashRound, before: HashRound | undefined): HashReason | undefined {
  if (newest.missing.some(({ why }) => why === 'silent')) return 'member_missing'
  if (isTornByCompaction(newest)) return 'compacting'
  if (newest.missing.length > 0) return 'error'
  if (newest.answers.length < 2) return 'single_voter'
  return before && differs(before) ? 'changed_between_attempts' : undefined
}

/** Members whose hash is not that of more than half of the voters; all of them where there is no such hash. */
function minorityOf({ answers, missing }: HashRound): readonly MemberId[] {
  const voters = answers.length + missing.length
  const counts = new Map<number, number>()
  for (const { hash } of answers) counts.set(hash, (counts.get(hash) ?? 0) + 1)
  const [majority] = [...counts].find(([, count]) => count * 2 > voters) ?? []
  return answers.filter(({ hash }) => hash !== majority).map(({ memberId }) => memberId)
}

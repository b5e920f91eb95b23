import type { MemberStatus, Revision } from './member.ts'

/** How far the data of a cluster has come: 64-bit decimal texts. */
export interface DataPosition {
  readonly revision: Revision
  readonly raftIndex: string
}

/** Other data lies under the same ids: the cluster was wiped or restored. */
export interface DataReset {
  /** Unix ms of the first round that saw it. */
  readonly at: number
  readonly before: Revision
  readonly after: Revision
}

/** What rounds of answers have told so far. */
export interface DataWatch {
  /** The highest; absent before the first round that tells. */
  readonly known?: DataPosition
  /** Unix ms of the newest round, which was the first to lie below. */
  readonly belowAt?: number
  /** The newest. */
  readonly reset?: DataReset
}

export interface DataRound {
  /** Unix ms. */
  readonly at: number
  /** Answers of this round. */
  readonly statuses: readonly MemberStatus[]
  /** In the member list. */
  readonly voters: number
}

/**
 * Takes a round of answers. The data was reset when a quorum of voters answers, a leader is named, and the highest revision or raft index
 * among them lies below the highest known one in two such rounds in a row (etcd.md 6.5): a restore may raise the revision alone.
 */
export function watchData(watch: DataWatch, { at, statuses, voters }: DataRound): DataWatch {
  const answers = statuses.filter(({ isLearner }) => !isLearner)
  const isQuorum = voters > 0 && answers.length > voters / 2
  if (!isQuorum || answers.every(({ leaderId }) => leaderId === undefined)) return watch
  const { belowAt, ...rest } = watch
  const { known = START } = watch
  const found = {
    revision: highest(answers.map(({ revision }) => revision)),
    raftIndex: highest(answers.map(({ raftIndex }) => raftIndex)),
  }
  if (!isBelow(found.revision, known.revision) && !isBelow(found.raftIndex, known.raftIndex))
    return { ...rest, known: found }
  if (belowAt === undefined) return { ...rest, belowAt: at }
  return { known: found, reset: { at: belowAt, before: known.revision, after: found.revision } }
}

const START: DataPosition = { revision: '0', raftIndex: '0' }

const isBelow = (a: string, b: string): boolean => BigInt(a) < BigInt(b)

const highest = (texts: readonly string[]): string => texts.reduce((a, b) => (isBelow(a, b) ? b : a), '0')

import type { MemberView } from '../etcd/cluster-view.ts'
import type { MemberId } from '../etcd/member.ts'
import { judgeVoters, type VoterJudgement } from './judge-voters.ts'
import type { OperationFacts } from './operation-facts.ts'

export interface TransferWishes {
  /** Members that were defragmented or skipped in this run: their file is done, so they need not lead twice. */
  readonly done: ReadonlySet<MemberId>
  /** 99th percentile of the WAL's fsync over the last 10 min, seconds; absent: not known. */
  readonly fsyncSeconds: ReadonlyMap<MemberId, number>
}

/** Who is to lead before the leader is touched; undefined: no healthy voter can (operations.md 7.3). */
export function chooseTransferTarget(
  facts: Pick<OperationFacts, 'view' | 'lagEntries'>,
  { done, fsyncSeconds }: TransferWishes,
): MemberView | undefined {
  const others = judgeVoters(facts.view, facts.lagEntries).filter(
    ({ member, isHealthy }) => isHealthy && member.id !== facts.view.leaderId,
  )
  const isDone = ({ member }: VoterJudgement) => done.has(member.id)
  const pool = others.some(isDone) ? others.filter(isDone) : others
  const fsync = ({ member }: VoterJudgement) => fsyncSeconds.get(member.id) ?? Infinity
  const lag = (voter: VoterJudgement) => voter.lag ?? Infinity
  return pool.toSorted(
    (a, b) =>
      compare(lag(a), lag(b)) ||
      compare(fsync(a), fsync(b)) ||
      (BigInt(a.member.id) < BigInt(b.member.id) ? -1 : 1),
  )[0]?.member
}

/** Also where both are endless. */
const compare = (a: number, b: number): number => (a === b ? 0 : a - b)

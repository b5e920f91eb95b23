import type { MemberView } from '../etcd/cluster-view.ts'
import type { Alarm } from '../etcd/member.ts'
import { hasAnswered } from '../etcd/member-health.ts'
import { judgeVoters, lagOf, nameOf } from './judge-voters.ts'
import type { OperationFacts } from './operation-facts.ts'

/** Everything that could be read; absent: it could not. */
export interface RescueFacts
  extends Pick<OperationFacts, 'view' | 'quotas' | 'compactsByItself' | 'lagEntries'> {
  /** Absent: nobody could tell. */
  readonly alarms?: readonly Alarm[]
  readonly revision?: string
  readonly compactRevision?: string
  /** How far back samples reach without a gap at the end, ms, at most 15 min; absent: there are none. */
  readonly watched?: number
  /** Of the largest member, over `watched`. */
  readonly growthBytesPerHour?: number
  /** Over the last 5 min, or `watched` if that is shorter, all members. */
  readonly putsPerSecond?: number
  readonly failedWritesPerSecond?: number
  /** Most keys first. */
  readonly prefixes: readonly { readonly prefix: string; readonly percent: number }[]
}

/** Share of its quota from which a member has too little room; from which deleting keys is needed. */
export const FULL = 0.9
export const NEARLY_FULL = 0.8

export type Answered = MemberView & { readonly status: NonNullable<MemberView['status']> }

export const voters = ({ view }: RescueFacts): readonly Answered[] =>
  view.members.filter(hasAnswered).filter(({ isLearner }) => !isLearner)

/** Voters of which it is not known how full they are. */
export const unknown = (facts: RescueFacts): readonly MemberView[] =>
  facts.view.members.filter(
    (member) => !member.isLearner && !(hasAnswered(member) && (facts.quotas.get(member.id) ?? 0) > 0),
  )

export const isBlind = (facts: RescueFacts): boolean =>
  unknown(facts).length === facts.view.members.filter(({ isLearner }) => !isLearner).length

/** Members whose quota is known and of which `bytes` is at least this share of it. */
export const above = (
  { quotas }: RescueFacts,
  members: readonly Answered[],
  share: number,
  bytes: (member: Answered) => number,
) =>
  members.filter((member) => {
    const quota = quotas.get(member.id) ?? 0
    return quota > 0 && bytes(member) >= share * quota
  })

export const size = ({ status }: Answered): number => status.dbSizeBytes
export const inUse = ({ status }: Answered): number => status.dbSizeInUseBytes

export const learners = ({ view }: RescueFacts): readonly Answered[] =>
  view.members.filter(hasAnswered).filter(({ isLearner }) => isLearner)

const isInStep = (facts: RescueFacts, member: MemberView): boolean =>
  (lagOf(member, facts.view) ?? 0) <= facts.lagEntries

export const isHealthy = ({ view, lagEntries }: RescueFacts, { id }: MemberView): boolean =>
  judgeVoters(view, lagEntries).some(({ member, isHealthy: is }) => member.id === id && is)

/**
 * Bytes that are stored, as the least that a voter counts: all hold the same, and who counts more has not freed yet what was deleted, or has
 * it in pages that are half empty. Those behind do not count: they lack what was written since.
 */
export function stored(facts: RescueFacts): number {
  const inStep = voters(facts).filter((member) => isInStep(facts, member))
  return Math.min(...(inStep.length > 0 ? inStep : voters(facts)).map(inUse))
}

export const names = (members: readonly MemberView[]): string => members.map(nameOf).join(', ')
export const hasNospace = ({ alarms = [] }: RescueFacts): boolean =>
  alarms.some(({ type }) => type === 'NOSPACE')
/** Members whose quota what is stored nearly fills. */
export const needy = (facts: RescueFacts): readonly Answered[] =>
  above(facts, voters(facts), NEARLY_FULL, () => stored(facts))

/** Revisions of history; undefined: it could not be read. */
export function historyOf({ revision, compactRevision }: RescueFacts): number | undefined {
  if (revision === undefined || compactRevision === undefined) return undefined
  return Math.max(0, Number(BigInt(revision) - BigInt(compactRevision))) // read one after the other
}

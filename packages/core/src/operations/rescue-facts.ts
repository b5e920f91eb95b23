import type { MemberView } from '../etcd/cluster-view.ts'
import type { Alarm } from '../etcd/member.ts'
import { hasAnswered } from '../etcd/member-health.ts'
import { nameOf } from './judge-voters.ts'
import type { OperationFacts } from './operation-facts.ts'

/** Everything that could be read; absent: it could not. */
export interface RescueFacts extends Pick<OperationFacts, 'view' | 'quotas' | 'compactsByItself'> {
  /** Absent: nobody could tell. */
  readonly alarms?: readonly Alarm[]
  readonly revision?: string
  readonly compactRevision?: string
  /** Of the largest member over the last 15 min. */
  readonly growthBytesPerHour?: number
  /** Over the last 5 min, all members. */
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
export const names = (members: readonly MemberView[]): string => members.map(nameOf).join(', ')
export const hasNospace = ({ alarms = [] }: RescueFacts): boolean =>
  alarms.some(({ type }) => type === 'NOSPACE')
export const needy = (facts: RescueFacts): readonly Answered[] =>
  above(facts, voters(facts), NEARLY_FULL, inUse)

/** Revisions of history; undefined: it could not be read. */
export function historyOf({ revision, compactRevision }: RescueFacts): number | undefined {
  if (revision === undefined || compactRevision === undefined) return undefined
  return Number(BigInt(revision) - BigInt(compactRevision))
}

import type { MemberView } from '../etcd/cluster-view.ts'
import type { MemberId } from '../etcd/member.ts'
import { formatValue } from '../format/format-value.ts'
import type { Check } from './check-codes.ts'
import { checkOperation } from './check-operation.ts'
import { type DefragAdvice, defragAdvice, reclaimable } from './defrag-advice.ts'
import { nameOf } from './judge-voters.ts'
import { sayOperation } from './messages.ts'
import type { OperationFacts } from './operation-facts.ts'
import { orderMembers } from './order-members.ts'

/** How fast a member defragments where it did not do so before: 1 s per 100 MiB in use. */
const BYTES_PER_SECOND = 100 * 1024 ** 2
/** Waiting in place for longer than this costs writers more than a transfer does, s. */
const LONG_BLOCK = 5
/** Revisions since the last compaction above which history is what fills the file. */
const MUCH_HISTORY = 1_000n

export interface DefragmentRequest {
  /** In any order; members that are no voters are skipped. */
  readonly memberIds: readonly MemberId[]
  /** Several members in turn, with gates between them, even where it is one. */
  readonly isRolling: boolean
  /** Absent: as the estimate says. */
  readonly movesLeader?: boolean
  readonly minReclaimBytes: number
}

export interface PlannedStep {
  readonly action: 'defragment' | 'move_leader'
  readonly member: MemberView
  readonly role: 'leader' | 'follower' | 'learner'
  readonly note: string
  readonly advice?: DefragAdvice
  /** Nothing is done with this member; `note` says why. */
  readonly isSkipped: boolean
  /** How long the member will answer nothing, s; 0 where nothing is done. */
  readonly blockedSeconds: number
}

export interface DefragmentPlan {
  readonly blockers: readonly Check[]
  readonly warnings: readonly Check[]
  /** In the order in which they are carried out. */
  readonly steps: readonly PlannedStep[]
  readonly movesLeader: boolean
}

export interface DefragmentFacts extends OperationFacts {
  /** Bytes per second of the member's last own defragmentation; absent: none is known. */
  readonly speeds: ReadonlyMap<MemberId, number>
  /** The oldest revision that can be read; absent: not known. */
  readonly compactedRevision?: string
}

/** The plan of a defragmentation (operations.md 6 and 7.1). Pure. Members that are not in the view are left out. */
export function planDefragment(request: DefragmentRequest, facts: DefragmentFacts): DefragmentPlan {
  const { view } = facts
  const chosen = view.members.filter(({ id }) => request.memberIds.includes(id))
  const touched = chosen.filter((member) => whySkipped(member, request) === undefined)
  const movesLeader = decidesToMove(request, touched, facts)
  const target = {
    column: request.isRolling ? 'rolling' : 'defragment',
    memberIds: touched.map(({ id }) => id),
    movesLeader,
  } as const
  const skipped = chosen.filter((member) => !touched.includes(member))
  const steps = [...skipped, ...orderMembers(touched, view.leaderId)].flatMap((member) => {
    const step = toStep(member, request, facts)
    return movesLeader && member.id === view.leaderId ? [toMove(member, step), step] : [step]
  })
  return { ...checkOperation(target, facts), steps, movesLeader }
}

/** Why nothing is done with a member of a rolling run; undefined: it is defragmented. */
function whySkipped(
  member: MemberView,
  { isRolling, minReclaimBytes }: DefragmentRequest,
): string | undefined {
  if (!isRolling) return undefined
  if (member.isLearner) return `${nameOf(member)} is a learner`
  if (!member.status) return undefined
  const bytes = reclaimable(member.status.dbSizeBytes, member.status.dbSizeInUseBytes)
  if (bytes >= minReclaimBytes) return undefined
  return sayOperation('skipped_small', {
    member: nameOf(member),
    reclaimable: formatValue('bytes', bytes),
    limit: formatValue('bytes', minReclaimBytes),
  })
}

function decidesToMove(
  { isRolling, movesLeader }: DefragmentRequest,
  touched: readonly MemberView[],
  facts: DefragmentFacts,
): boolean {
  const leader = touched.find(({ id }) => id === facts.view.leaderId)
  const voters = facts.view.members.filter(({ isLearner }) => !isLearner).length
  if (!isRolling || !leader || voters < 2) return false
  return movesLeader ?? estimate(leader, facts) > LONG_BLOCK
}

/** Seconds for which the member answers nothing. */
function estimate({ id, status }: MemberView, { speeds }: DefragmentFacts): number {
  const speed = speeds.get(id) ?? BYTES_PER_SECOND
  return status ? Math.ceil(status.dbSizeInUseBytes / speed) : 0
}

function toStep(member: MemberView, request: DefragmentRequest, facts: DefragmentFacts): PlannedStep {
  const skipped = whySkipped(member, request)
  const isLeader = member.id === facts.view.leaderId
  const role = member.isLearner ? 'learner' : isLeader ? 'leader' : 'follower'
  const base = { action: 'defragment', member, role, isSkipped: skipped !== undefined } as const
  if (skipped !== undefined || !member.status) return { ...base, note: skipped ?? '', blockedSeconds: 0 }
  const { dbSizeBytes, dbSizeInUseBytes } = member.status
  const advice = defragAdvice(dbSizeBytes, dbSizeInUseBytes, facts.quotas.get(member.id))
  const blockedSeconds = estimate(member, facts)
  const bytes = formatValue('bytes', reclaimable(dbSizeBytes, dbSizeInUseBytes))
  const parts = [
    `returns about ${bytes}, answers nothing for about ${blockedSeconds} s`,
    ...(isLeader ? [leaderNote(request.isRolling)] : []),
    ...(advice === 'not_worth_it' ? historyNote(member, facts) : []),
  ]
  return { ...base, note: parts.join('; '), advice, blockedSeconds }
}

const leaderNote = (isRolling: boolean): string =>
  isRolling
    ? 'in place, what asks the leader waits so long; moved, some writes fail for up to an election'
    : 'what asks the leader waits so long'

function historyNote({ status }: MemberView, { compactedRevision }: DefragmentFacts): string[] {
  if (!status || compactedRevision === undefined) return []
  const kept = BigInt(status.revision) - BigInt(compactedRevision)
  return kept > MUCH_HISTORY ? [`${kept} revisions of history are not compacted: compact first`] : []
}

const toMove = (leader: MemberView, { blockedSeconds }: PlannedStep): PlannedStep => ({
  action: 'move_leader',
  member: leader,
  role: 'leader',
  note: `leadership moves away first, for what asks the leader would wait about ${blockedSeconds} s`,
  isSkipped: false,
  blockedSeconds: 0,
})

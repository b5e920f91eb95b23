import type { MemberView } from '../etcd/cluster-view.ts'
import type { Alarm } from '../etcd/member.ts'
import { hasAnswered } from '../etcd/member-health.ts'
import { formatValue } from '../format/format-value.ts'
import { defragAdvice } from './defrag-advice.ts'
import { nameOf } from './judge-voters.ts'
import type { OperationFacts } from './operation-facts.ts'

export const RESCUE_ACTIONS = [
  'stop_writer',
  'delete_keys',
  'compact',
  'defragment',
  'check_size',
  'disarm',
  'verify_write',
  'prevent',
] as const
export type RescueAction = (typeof RESCUE_ACTIONS)[number]

export interface RescueStep {
  readonly action: RescueAction
  readonly state: 'done' | 'todo' | 'blocked' | 'not_needed'
  /** What to do, or why not yet; a sentence. */
  readonly message: string
}

/** Everything that could be read; absent: it could not. */
export interface RescueFacts extends Pick<OperationFacts, 'view' | 'quotas' | 'compactsByItself'> {
  readonly alarms: readonly Alarm[]
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
const FULL = 0.9
const NEARLY_FULL = 0.8
/** Revisions that a compaction is proposed to keep. */
const RESCUE_RETAIN = 1_000

/** The way back from NOSPACE: the state of each step, in their order (operations.md 13). Pure. */
export function rescuePlan(facts: RescueFacts): readonly RescueStep[] {
  const compact = compactStep(facts)
  const defragment = defragmentStep(facts, compact)
  const checkSize = checkSizeStep(facts, defragment)
  return [
    stopWriter(facts),
    deleteKeys(facts),
    compact,
    defragment,
    checkSize,
    disarmStep(facts, checkSize),
    verifyWrite(facts),
    preventStep(facts),
  ]
}

const step = (action: RescueAction, state: RescueStep['state'], message: string): RescueStep => ({
  action,
  state,
  message,
})

type Answered = MemberView & { readonly status: NonNullable<MemberView['status']> }

const voters = ({ view }: RescueFacts): readonly Answered[] =>
  view.members.filter(hasAnswered).filter(({ isLearner }) => !isLearner)

/** Members whose quota is known and of which `bytes` is at least this share of it. */
const above = (
  { quotas }: RescueFacts,
  members: readonly Answered[],
  share: number,
  bytes: (member: Answered) => number,
) =>
  members.filter((member) => {
    const quota = quotas.get(member.id) ?? 0
    return quota > 0 && bytes(member) >= share * quota
  })

const size = ({ status }: Answered): number => status.dbSizeBytes
const inUse = ({ status }: Answered): number => status.dbSizeInUseBytes
const names = (members: readonly MemberView[]): string => members.map(nameOf).join(', ')
const hasNospace = ({ alarms }: RescueFacts): boolean => alarms.some(({ type }) => type === 'NOSPACE')

function stopWriter(facts: RescueFacts): RescueStep {
  const { failedWritesPerSecond: failed, growthBytesPerHour: growth, putsPerSecond: puts } = facts
  if (failed === undefined || growth === undefined)
    return step('stop_writer', 'todo', 'It is not known whether anybody still writes: no recent samples.')
  if (failed === 0 && growth <= 0)
    return step('stop_writer', 'done', 'Nothing grows, and no write is refused.')
  const [largest] = facts.prefixes
  const parts = [
    ...(largest ? [`Most keys are below ${largest.prefix} (${Math.round(largest.percent)} %).`] : []),
    ...(puts !== undefined && puts > 0 ? [`${formatValue('per_second', puts)} puts.`] : []),
    ...(failed > 0 ? [`${formatValue('per_second', failed)} writes are refused.`] : []),
    ...(growth > 0 ? [`The file grows by ${formatValue('bytes_per_hour', growth)}.`] : []),
  ]
  return step('stop_writer', 'todo', `Stop what writes so much. ${parts.join(' ')}`)
}

function deleteKeys(facts: RescueFacts): RescueStep {
  const full = above(facts, voters(facts), 1, inUse)
  if (full.length > 0)
    return step(
      'delete_keys',
      'todo',
      `Compaction and defragmentation cannot suffice for ${names(full)}: keys in use fill the quota. Restart with a larger --quota-backend-bytes, or delete keys.`,
    )
  const needy = above(facts, voters(facts), NEARLY_FULL, inUse)
  if (needy.length === 0)
    return step(
      'delete_keys',
      'not_needed',
      'What is in use leaves room: history and free pages fill the file.',
    )
  return step(
    'delete_keys',
    'todo',
    `Delete what is not needed; deletes work under the alarm. In use: ${names(needy)}.`,
  )
}

function compactStep({ revision, compactRevision }: RescueFacts): RescueStep {
  if (revision === undefined || compactRevision === undefined)
    return step('compact', 'todo', 'It is not known how much history there is: it could not be read.')
  const kept = BigInt(revision) - BigInt(compactRevision)
  if (kept <= BigInt(RESCUE_RETAIN)) return step('compact', 'done', `${kept} revisions of history are kept.`)
  return step('compact', 'todo', `Compact ${kept} revisions of history; keep ${RESCUE_RETAIN}.`)
}

function defragmentStep(facts: RescueFacts, compact: RescueStep): RescueStep {
  const large = above(facts, voters(facts), FULL, size)
  const worth = voters(facts).filter(
    (member) => defragAdvice(size(member), inUse(member), facts.quotas.get(member.id)) === 'recommended',
  )
  const needy = voters(facts).filter((member) => large.includes(member) || worth.includes(member))
  if (needy.length === 0) return step('defragment', 'done', 'No file holds much that is free.')
  if (compact.state === 'todo')
    return step('defragment', 'blocked', 'Compact first: only what is freed can be returned.')
  const isWhole = facts.view.members.every((member) => member.isLearner || hasAnswered(member))
  const how = isWhole
    ? 'Defragment all voters in turn'
    : 'Some voter is down: defragment each of the others alone'
  return step('defragment', 'todo', `${how}: ${names(needy)}.`)
}

function checkSizeStep(facts: RescueFacts, defragment: RescueStep): RescueStep {
  const large = above(facts, voters(facts), FULL, size)
  if (large.length === 0) return step('check_size', 'done', 'Every file is below 90 % of its quota.')
  const blocked = defragment.state === 'todo' || defragment.state === 'blocked'
  if (blocked)
    return step('check_size', 'blocked', `Defragment first: ${names(large)} at 90 % of the quota or more.`)
  return step('check_size', 'todo', `Delete more, or raise the quota: ${names(large)}.`)
}

function disarmStep(facts: RescueFacts, checkSize: RescueStep): RescueStep {
  if (!hasNospace(facts)) return step('disarm', 'done', 'There is no NOSPACE alarm.')
  if (facts.alarms.some(({ type }) => type === 'CORRUPT'))
    return step('disarm', 'blocked', 'A CORRUPT alarm is active: it is to be cleared first.')
  if (checkSize.state !== 'done')
    return step('disarm', 'blocked', 'The alarm would come back with the next write.')
  const owners = facts.alarms
    .filter(({ type }) => type === 'NOSPACE')
    .map(({ memberId }) => ownerName(facts, memberId))
  return step('disarm', 'todo', `Disarm NOSPACE of ${owners.join(', ')}.`)
}

function ownerName({ view }: RescueFacts, id: string): string {
  const member = view.members.find((one) => one.id === id)
  return member ? nameOf(member) : `${id} (has left the cluster)`
}

function verifyWrite(facts: RescueFacts): RescueStep {
  if (facts.alarms.length > 0)
    return step('verify_write', 'blocked', 'Writes are refused until the alarm is disarmed.')
  if ((facts.putsPerSecond ?? 0) > 0) return step('verify_write', 'done', 'Writes are applied.')
  return step('verify_write', 'todo', 'Write something, for example a key in the editor.')
}

function preventStep(facts: RescueFacts): RescueStep {
  const hasRoom = above(facts, voters(facts), NEARLY_FULL, size).length === 0
  if (facts.compactsByItself && hasRoom)
    return step('prevent', 'done', 'History is compacted regularly, and there is room.')
  const parts = [
    ...(facts.compactsByItself
      ? []
      : ['auto-compaction (--auto-compaction-mode, --auto-compaction-retention)']),
    ...(hasRoom ? [] : ['a larger quota (--quota-backend-bytes, 8 GiB at most is advised)']),
  ]
  return step('prevent', 'todo', `So that it does not come back: ${parts.join('; ')}.`)
}

import { hasAnswered } from '../etcd/member-health.ts'
import { formatValue } from '../format/format-value.ts'
import { defragAdvice } from './defrag-advice.ts'
import { nameOf } from './judge-voters.ts'
import {
  above,
  FULL,
  hasNospace,
  historyOf,
  inUse,
  isBlind,
  NEARLY_FULL,
  names,
  needy,
  type RescueFacts,
  size,
  unknown,
  voters,
} from './rescue-facts.ts'

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

/** Revisions that a compaction is proposed to keep. */
const RESCUE_RETAIN = 1_000
/** Fewer cannot be kept: what the newest revision deleted is among them. */
const FEWEST_REVISIONS = 1

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

const BLIND = 'It is not known how full any member is: no answer, or no quota.'

function stopWriter(facts: RescueFacts): RescueStep {
  const { failedWritesPerSecond: failed, growthBytesPerHour: growth, putsPerSecond: puts } = facts
  if (failed === undefined || growth === undefined)
    return step('stop_writer', 'todo', 'It is not known whether anybody still writes: no recent samples.')
  if (failed === 0 && growth <= 0)
    return step('stop_writer', 'done', 'Nothing grows, and no write is refused.')
  const [largest] = facts.prefixes
  const parts = [
    ...(largest ? [`Most keys are below ${largest.prefix} (${Math.round(largest.percent)} %).`] : []),
    ...(puts !== undefined && puts > 0 ? [`Puts: ${rate(puts)}.`] : []),
    ...(failed > 0 ? [`Refused writes: ${rate(failed)}.`] : []),
    ...(growth > 0 ? [`The file grows by ${formatValue('bytes_per_hour', growth)}.`] : []),
  ]
  return step('stop_writer', 'todo', `Stop what writes so much. ${parts.join(' ')}`)
}

/** As closely as a writer is looked for. */
const rate = (perSecond: number): string => formatValue('per_second', Number(perSecond.toPrecision(2)))

function deleteKeys(facts: RescueFacts): RescueStep {
  const full = above(facts, voters(facts), 1, inUse)
  const history = historyOf(facts) ?? 0
  if (full.length > 0 && history > RESCUE_RETAIN)
    return step(
      'delete_keys',
      'todo',
      `Keys and ${history} revisions of history fill the quota of ${names(full)}. Delete what is not needed, compact, then look here again.`,
    )
  if (full.length > 0)
    return step(
      'delete_keys',
      'todo',
      `Compaction and defragmentation cannot suffice for ${names(full)}: keys in use fill the quota. Restart with a larger --quota-backend-bytes, or delete keys and compact.${lastDeletion(facts)}`,
    )
  if (isBlind(facts)) return step('delete_keys', 'todo', BLIND)
  if (needy(facts).length === 0)
    return step(
      'delete_keys',
      'not_needed',
      'What is in use leaves room: history and free pages fill the file.',
    )
  return step(
    'delete_keys',
    'todo',
    `Delete what is not needed; deletes work under the alarm. In use: ${names(needy(facts))}.${lastDeletion(facts)}`,
  )
}

/**
 * Members count what they freed with the next change they write, and a compaction frees nothing of what the newest
 * revision deleted: one more change ends both, and only a deletion is let in.
 */
const lastDeletion = (facts: RescueFacts): string =>
  (historyOf(facts) ?? Infinity) > FEWEST_REVISIONS
    ? ''
    : ` If enough was deleted and compacted already, it is freed by one change more: delete one key more, compact, keep ${FEWEST_REVISIONS}.`

function compactStep(facts: RescueFacts): RescueStep {
  const history = historyOf(facts)
  if (history === undefined)
    return step('compact', 'todo', 'It is not known how much history there is: it could not be read.')
  if (history > RESCUE_RETAIN)
    return step('compact', 'todo', `Compact ${history} revisions of history; keep ${RESCUE_RETAIN}.`)
  // a few revisions of large values are as much as many of small ones, and what was deleted within them is still there
  if (needy(facts).length > 0 && history > FEWEST_REVISIONS)
    return step(
      'compact',
      'todo',
      `${history} revisions of history hold what was deleted or overwritten in them: compact again, keep ${FEWEST_REVISIONS}.`,
    )
  return step('compact', 'done', `${history} revisions of history are kept.`)
}

function defragmentStep(facts: RescueFacts, compact: RescueStep): RescueStep {
  const large = above(facts, voters(facts), FULL, size)
  const worth = voters(facts).filter(
    (member) => defragAdvice(size(member), inUse(member), facts.quotas.get(member.id)) === 'recommended',
  )
  const chosen = voters(facts).filter((member) => large.includes(member) || worth.includes(member))
  if (voters(facts).length === 0) return step('defragment', 'todo', 'No voter answers: see why first.')
  if (chosen.length === 0) return step('defragment', 'done', 'No file holds much that is free.')
  if (compact.state === 'todo')
    return step('defragment', 'blocked', 'Compact first: only what is freed can be returned.')
  const isWhole = facts.view.members.every((member) => member.isLearner || hasAnswered(member))
  const how = isWhole
    ? 'Defragment all voters in turn'
    : 'Some voter is down: defragment each of the others alone'
  return step('defragment', 'todo', `${how}: ${names(chosen)}.`)
}

function checkSizeStep(facts: RescueFacts, defragment: RescueStep): RescueStep {
  const large = above(facts, voters(facts), FULL, size)
  if (isBlind(facts)) return step('check_size', 'todo', BLIND)
  if (large.length === 0)
    return step('check_size', 'done', `Every file is below 90 % of its quota${except(facts)}.`)
  const blocked = defragment.state === 'todo' || defragment.state === 'blocked'
  if (blocked)
    return step('check_size', 'blocked', `Defragment first: ${names(large)} at 90 % of the quota or more.`)
  return step('check_size', 'todo', `Delete more, or raise the quota: ${names(large)}.`)
}

const except = (facts: RescueFacts): string =>
  unknown(facts).length === 0 ? '' : `, as far as it is known: not of ${names(unknown(facts))}`

function disarmStep(facts: RescueFacts, checkSize: RescueStep): RescueStep {
  const { alarms } = facts
  if (!alarms)
    return step('disarm', 'todo', 'It is not known which alarms are active: see why no member answers.')
  if (!hasNospace(facts)) return step('disarm', 'done', 'There is no NOSPACE alarm.')
  if (alarms.some(({ type }) => type === 'CORRUPT'))
    return step('disarm', 'blocked', 'A CORRUPT alarm is active: it is to be cleared first.')
  if (checkSize.state !== 'done')
    return step(
      'disarm',
      'blocked',
      isBlind(facts)
        ? 'Find out first how full the files are.'
        : 'The alarm would come back with the next write.',
    )
  const owners = alarms
    .filter(({ type }) => type === 'NOSPACE')
    .map(({ memberId }) => ownerName(facts, memberId))
  return step('disarm', 'todo', `Disarm NOSPACE of ${owners.join(', ')}.`)
}

function ownerName({ view }: RescueFacts, id: string): string {
  const member = view.members.find((one) => one.id === id)
  return member ? nameOf(member) : `${id} (has left the cluster)`
}

function verifyWrite(facts: RescueFacts): RescueStep {
  if (!facts.alarms)
    return step('verify_write', 'todo', 'It is not known whether writes are refused: no member answers.')
  if (facts.alarms.length > 0)
    return step('verify_write', 'blocked', 'Writes are refused until the alarm is disarmed.')
  if ((facts.putsPerSecond ?? 0) > 0) return step('verify_write', 'done', 'Writes are applied.')
  return step('verify_write', 'todo', 'Write something, for example a key in the editor.')
}

function preventStep(facts: RescueFacts): RescueStep {
  const hasRoom = !isBlind(facts) && above(facts, voters(facts), NEARLY_FULL, size).length === 0
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

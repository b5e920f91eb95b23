import { hasAnswered } from '../etcd/member-health.ts'
import { formatAge } from '../format/format-age.ts'
import { formatValue } from '../format/format-value.ts'
import { defragAdvice } from './defrag-advice.ts'
import { nameOf } from './judge-voters.ts'
import {
  type Answered,
  above,
  FULL,
  hasNospace,
  historyOf,
  inUse,
  isBlind,
  isHealthy,
  learners,
  NEARLY_FULL,
  names,
  needy,
  type RescueFacts,
  size,
  stored,
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
  const checkSize = checkSizeStep(facts, compact)
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

/** Samples must reach back so far before their silence says something, ms. */
const WATCHED = 300_000

function stopWriter(facts: RescueFacts): RescueStep {
  const { failedWritesPerSecond: failed, growthBytesPerHour: growth, putsPerSecond: puts, watched } = facts
  if (failed === undefined || growth === undefined || watched === undefined)
    return step('stop_writer', 'todo', 'It is not known whether anybody still writes: no recent samples.')
  const length = formatAge(watched)
  // a file that grew a quarter of an hour ago is no sign of a writer that has ended since
  if (failed === 0 && (growth <= 0 || puts === 0)) {
    if (watched >= WATCHED)
      return step(
        'stop_writer',
        'done',
        growth <= 0
          ? `Nothing grew in the last ${length}, and no write is refused.`
          : `No put was applied, and no write refused, in the last ${formatAge(WATCHED)}.`,
      )
    const since = `samples reach back ${length} only. Look here again in ${formatAge(WATCHED - watched)}`
    return step('stop_writer', 'todo', `It is not known yet whether anybody still writes: ${since}.`)
  }
  const [largest] = facts.prefixes
  const parts = [
    ...(largest ? [`Most keys are below ${largest.prefix} (${Math.round(largest.percent)} %).`] : []),
    ...(puts !== undefined && puts > 0 ? [`Puts: ${rate(puts)}.`] : []),
    ...(failed > 0 ? [`Refused writes: ${rate(failed)}.`] : []),
    ...(growth > 0
      ? [`In the last ${length} the file grew by ${formatValue('bytes_per_hour', growth)}.`]
      : []),
  ]
  return step('stop_writer', 'todo', `Stop what writes so much. ${parts.join(' ')}`)
}

/** As closely as a writer is looked for. */
const rate = (perSecond: number): string => formatValue('per_second', Number(perSecond.toPrecision(2)))

function deleteKeys(facts: RescueFacts): RescueStep {
  const full = above(facts, voters(facts), 1, () => stored(facts))
  const history = historyOf(facts) ?? 0
  if (needy(facts).length > 0 && history > FEWEST_REVISIONS)
    return step(
      'delete_keys',
      'todo',
      `Keys and ${history} revisions of history fill ${names(needy(facts))}: compact first, then look here again whether keys have to go.`,
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
  const kept = history === 1 ? '1 revision of history is' : `${history} revisions of history are`
  return step('compact', 'done', `${kept} kept.`)
}

/** Of its quota: less is not worth holding a member up for, and would be asked for again. */
const WORTH = 0.05

/** A file that is too large, and that a defragmentation makes small enough. */
function isCurable(facts: RescueFacts, member: Answered): boolean {
  const quota = facts.quotas.get(member.id) ?? 0
  if (size(member) < FULL * quota) return false
  if (inUse(member) < FULL * quota) return true
  // it has not freed yet what others have
  return stored(facts) < FULL * quota && size(member) - stored(facts) >= WORTH * quota
}

function defragmentStep(facts: RescueFacts, compact: RescueStep): RescueStep {
  if (voters(facts).length === 0) return step('defragment', 'todo', 'No voter answers: see why first.')
  const isFirstCompacted = compact.state === 'todo'
  const large = isFirstCompacted ? above(facts, voters(facts), FULL, size) : []
  const chosen = voters(facts).filter(
    (member) =>
      large.includes(member) ||
      isCurable(facts, member) ||
      defragAdvice(size(member), inUse(member), facts.quotas.get(member.id)) === 'recommended',
  )
  if (chosen.length === 0) return step('defragment', 'done', 'No file holds much that is free.')
  if (isFirstCompacted)
    return step('defragment', 'blocked', 'Compact first: only what is freed can be returned.')
  const ready = chosen.filter((member) => isHealthy(facts, member))
  const sick = facts.view.members.filter((member) => !member.isLearner && !isHealthy(facts, member))
  if (ready.length === 0)
    return step('defragment', 'blocked', `Wait until ${names(chosen)} has caught up: it is not in step.`)
  if (sick.length === 0) return step('defragment', 'todo', `Defragment all voters in turn: ${names(chosen)}.`)
  const why = sick.some((member) => !hasAnswered(member))
    ? 'Some voter is down'
    : `Not in step: ${names(sick)}`
  return step('defragment', 'todo', `${why}: defragment each of the others alone: ${names(ready)}.`)
}

function checkSizeStep(facts: RescueFacts, compact: RescueStep): RescueStep {
  if (isBlind(facts)) return step('check_size', 'todo', BLIND)
  const hidden = facts.view.members.filter(({ id }) => raises(facts, id) && !facts.quotas.get(id))
  if (hidden.some(hasAnswered))
    return step(
      'check_size',
      'todo',
      `The alarm is of ${names(hidden)}, and it is not known how full that is: no sample tells its quota. See on Diagnostics why.`,
    )
  const large = above(facts, voters(facts), FULL, size)
  const curable = compact.state === 'todo' ? large : large.filter((member) => isCurable(facts, member))
  const stuck = above(facts, learners(facts), FULL, size)
  if (large.length + stuck.length === 0)
    return step('check_size', 'done', `Every file is below 90 % of its quota${except(facts)}.`)
  if (curable.length > 0)
    return step(
      'check_size',
      'blocked',
      `${compact.state === 'todo' ? 'Compact and defragment' : 'Defragment'} first: ${names(curable)} at 90 % of the quota or more.`,
    )
  const parts = [
    ...(large.length > 0
      ? [`Delete more, or raise the quota (--quota-backend-bytes, by a restart): ${names(large)}.`]
      : []),
    // a learner raises the alarm as a voter does, and etcd takes no defragmentation of it
    ...(stuck.length > 0
      ? [
          `A learner cannot be defragmented: promote it, remove it, or restart it with a larger quota: ${names(stuck)}.`,
        ]
      : []),
  ]
  return step('check_size', 'todo', parts.join(' '))
}

const raises = ({ alarms = [] }: RescueFacts, id: string): boolean =>
  alarms.some(({ type, memberId }) => type === 'NOSPACE' && memberId === id)

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

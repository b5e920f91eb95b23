import { AppError } from '@etcdmonitor/core/errors'
import { failureIn } from '@etcdmonitor/core/etcd/fail-call'
import { isNotReached } from '@etcdmonitor/core/etcd/failure'
import type { Alarm, MemberId } from '@etcdmonitor/core/etcd/member'
import {
  type DefragMark,
  type DefragmentOutcome,
  judgeDefragment,
} from '@etcdmonitor/core/operations/judge-defragment'
import { judgeTransfer } from '@etcdmonitor/core/operations/judge-transfer'
import { sayOperation } from '@etcdmonitor/core/operations/messages'
import type { OperationLimits } from '@etcdmonitor/core/operations/operation-limits'
import type { Step } from '@etcdmonitor/core/ports/run-store'
import type { ApiDeps } from '../../deps.ts'

/** What became of a change whose answer nobody saw (operations.md 4.4, 4.5). */
export interface Settled {
  readonly state: 'succeeded' | 'failed' | 'unknown'
  readonly message: string
}

export interface Settling {
  readonly etcd: ApiDeps['etcd']
  readonly clock: ApiDeps['clock']
  readonly limits: OperationLimits
  /** Aborts when this process ends: nobody knows then. */
  readonly signal: AbortSignal
}

const unknown = (message: string): Settled => ({ state: 'unknown', message })
const failed = (message: string): Settled => ({ state: 'failed', message })
const succeeded = (message: string): Settled => ({ state: 'succeeded', message })

/** One look at how far history is gone. */
export async function settleCompact({ etcd, limits, signal }: Settling, target: string): Promise<Settled> {
  const compacted = await orNothing(() => etcd.compactedRevision({ deadline: limits.settleLook, signal }))
  if (compacted === undefined) return unknown('It could not be asked how far the history was compacted.')
  return BigInt(compacted) >= BigInt(target)
    ? succeeded('The history was compacted; the answer was lost.')
    : unknown('The history was not compacted when it was looked at.')
}

/** One look at the alarms. */
export async function settleDisarm({ etcd, limits, signal }: Settling, alarm: Alarm): Promise<Settled> {
  const alarms = await orNothing(() => etcd.alarms({ deadline: limits.settleLook, signal }))
  if (!alarms) return unknown('The alarms could not be listed.')
  const isActive = alarms.some(({ memberId, type }) => memberId === alarm.memberId && type === alarm.type)
  return isActive
    ? unknown('The alarm was still active when it was looked at.')
    : succeeded('The alarm is gone; the answer was lost.')
}

/**
 * Asks all voters until they name the target, at most as long as a transfer may be verified: those that name another leader before that may
 * only not have heard of it yet.
 */
export async function settleTransfer(
  { etcd, clock, limits, signal }: Settling,
  target: MemberId,
  look = 1_000,
): Promise<Settled> {
  const end = clock.monotonic() + limits.moveLeader.verify
  for (;;) {
    const view = await etcd.view({ maxAge: 0, wait: limits.view })
    signal.throwIfAborted()
    const outcome = judgeTransfer(view, target)
    if (outcome === 'moved') return succeeded('All voters that answer name the target as leader.')
    if (clock.monotonic() >= end)
      return outcome === 'not_moved'
        ? failed('All voters name another leader.')
        : unknown('The voters did not agree on who leads: see who leads now.')
    await clock.sleep(look, signal)
  }
}

/**
 * A member answers nothing while it defragments, so an answer proves that it is over; the count of its page says whether it was done.
 */
export async function settleDefragment(
  settling: Settling,
  { memberId, memberName, before }: Pick<Step, 'memberId' | 'memberName' | 'before'>,
): Promise<Settled> {
  const { etcd, clock, limits, signal } = settling
  const name = memberName || memberId
  const from = clock.monotonic()
  let refusedAt: number | undefined
  let isSure = false
  for (;;) {
    const failure = await whySilent(settling, memberId)
    signal.throwIfAborted()
    if (!failure) {
      const outcome = judgeDefragment(toMark(before), await etcd.defragMark(memberId, { signal }))
      // a request that was still on its way is begun only now: it is looked at once more
      if (outcome !== 'not_done' || isSure) return say(name, outcome)
      isSure = true
    }
    const now = clock.monotonic()
    refusedAt = failure === 'refused' ? (refusedAt ?? now) : undefined
    if (refusedAt !== undefined && now - refusedAt >= limits.defragment.refused)
      return unknown(sayOperation('defragment_unknown', { member: name, reason: 'its process is down' }))
    if (now - from >= limits.defragment.limit)
      return unknown(sayOperation('defragment_unknown', { member: name, reason: 'it does not answer' }))
    await clock.sleep(limits.defragment.look, signal)
  }
}

async function whySilent(
  { etcd, signal }: Settling,
  memberId: MemberId,
): Promise<'refused' | 'silent' | undefined> {
  try {
    await etcd.status(memberId, { signal })
    return undefined
  } catch (error) {
    const failure = failureIn(error)
    if (!failure) {
      if (error instanceof AppError) return 'refused' // it has left the cluster
      throw error
    }
    if (failure.stage === 'auth') return undefined // it answers, though not to our user
    return isNotReached(failure) && failure.kind !== 'connection_lost' ? 'refused' : 'silent'
  }
}

function say(name: string, outcome: DefragmentOutcome): Settled {
  switch (outcome) {
    case 'done':
      return succeeded(sayOperation('defragment_settled', { member: name }))
    case 'not_done':
      return failed(`${name}: the defragmentation was not carried out.`)
    case 'restarted':
      return failed(`${name}: the member restarted during defragmentation.`)
    case 'unreadable':
      return unknown(
        sayOperation('defragment_unknown', { member: name, reason: 'its metrics cannot be read' }),
      )
  }
}

/** How a mark is kept with a step. */
export const fromMark = (mark: DefragMark | undefined): Record<string, number> =>
  mark ? { defrag_count: mark.count, process_start: mark.processStart } : {}

function toMark(before: Step['before']): DefragMark | undefined {
  const { defrag_count: count, process_start: processStart } = before ?? {}
  return typeof count === 'number' && typeof processStart === 'number' ? { count, processStart } : undefined
}

/** Undefined when etcd cannot be asked now. */
export async function orNothing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}

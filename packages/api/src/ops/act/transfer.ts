import { AppError } from '@etcdmonitor/core/errors'
import type { MemberId } from '@etcdmonitor/core/etcd/member'
import { judgeTransfer } from '@etcdmonitor/core/operations/judge-transfer'
import { nameOf } from '@etcdmonitor/core/operations/judge-voters'
import { sayOperation } from '@etcdmonitor/core/operations/messages'
import type { RunHand, StepPlan, StepWork } from '../run/run-act.ts'
import { runError } from '../run/run-error.ts'
import { settleTransfer } from '../run/settle-outcome.ts'
import { type ActDeps, orSettled, settlingOf } from './act-parts.ts'

/** Within this a target has to answer right before the call: one that does not would stop all writes until the election timeout. */
const AWAKE = 1_000

interface Named {
  readonly id: MemberId
  readonly name: string
}

export interface Transfer {
  readonly from: Named
  readonly to: Named
}

/** The target tells its Status and answers a read by itself now. @throws AppError `member_unreachable` and others of the port */
export async function wakeTarget({ etcd }: ActDeps, target: MemberId): Promise<void> {
  try {
    await etcd.serializableRead(target, { deadline: AWAKE })
  } catch (error) {
    // whoever may not read is answered all the same
    if (!(error instanceof AppError) || error.code !== 'permission_denied') throw error
  }
}

/** Sends the transfer once, and finds out what became of it. Gives the monotonic instant of the call. */
export async function sendTransfer(
  deps: ActDeps,
  hand: RunHand,
  { transfer: { to }, step }: { readonly transfer: Transfer; readonly step: StepWork },
): Promise<number> {
  const { etcd, clock, limits } = deps
  await wakeTarget(deps, to.id)
  let sentAt = clock.monotonic()
  const mayStillSend = () => {
    sentAt = clock.monotonic() // asked in the tick of the call, after who leads was looked up
    return step.mayStillSend()
  }
  const send = () => etcd.moveLeader(to.id, { deadline: limits.moveLeader.call, mayStillSend })
  await orSettled(send, () => settleTransfer(settlingOf(deps, hand), to.id, limits.moveLeader.look))
  return sentAt
}

/**
 * Waits until all voters that answer name the target. `since`: monotonic ms of the call. Gives how long it took until the target named
 * itself. @throws AppError `leader_not_moved` when all voters name another one, `outcome_unknown` when they do not agree in time
 */
export async function awaitTransfer(
  { etcd, clock, limits }: ActDeps,
  { closing }: RunHand,
  { transfer: { from, to }, since }: { readonly transfer: Transfer; readonly since: number },
): Promise<number> {
  const end = clock.monotonic() + limits.moveLeader.verify
  let ledAt: number | undefined
  for (;;) {
    const view = await etcd.view({ maxAge: 0, wait: limits.view })
    closing.throwIfAborted()
    const target = view.members.find(({ id }) => id === to.id)
    if (!target?.failure && target?.status?.leaderId === to.id) ledAt ??= clock.monotonic()
    const outcome = judgeTransfer(view, to.id)
    if (outcome === 'moved') return Math.round((ledAt ?? clock.monotonic()) - since)
    if (clock.monotonic() >= end) {
      if (outcome !== 'not_moved')
        throw new AppError('outcome_unknown', 'the voters did not agree on who leads: see who leads now')
      const leader = view.members.find(({ id }) => id === view.leaderId) ?? from
      throw runError('leader_not_moved', sayNotMoved(leader, { from, to }))
    }
    await clock.sleep(limits.moveLeader.look, closing)
  }
}

/** An election may have come in between. */
function sayNotMoved(leader: Named, { from, to }: Transfer): string {
  const name = nameOf(leader)
  return leader.id === from.id
    ? sayOperation('leader_not_moved', { leader: name })
    : sayOperation('leader_elsewhere', { leader: name, target: nameOf(to) })
}

/** The transfer as one step of a run of another operation. */
export const transferStep = (
  deps: ActDeps,
  hand: RunHand,
  { transfer, plan }: { readonly transfer: Transfer; readonly plan: StepPlan },
): Promise<void> =>
  hand.step(plan, async (step) => {
    const { from: leader, to: target } = transfer
    await step.note(sayOperation('leader_moving', { leader: nameOf(leader), target: nameOf(target) }))
    const since = await sendTransfer(deps, hand, { transfer, step })
    const milliseconds = await awaitTransfer(deps, hand, { transfer, since })
    const message = sayOperation('leader_moved', { target: nameOf(target), milliseconds })
    return { value: undefined, message, detail: { leader: nameOf(target) } }
  })

import type { MemberView } from '@etcdmonitor/core/etcd/cluster-view'
import type { MemberId } from '@etcdmonitor/core/etcd/member'
import { nameOf } from '@etcdmonitor/core/operations/judge-voters'
import { listNames } from '@etcdmonitor/core/operations/listed'
import { sayOperation } from '@etcdmonitor/core/operations/messages'
import type { DefragmentDeps, DefragmentPlan } from '../plan/defragment-plan.ts'
import type { DataIdentity } from '../plan/read-facts.ts'
import type { RunHand } from '../run/run-act.ts'
import type { Tally } from './rolling-tally.ts'

/** What the parts of one rolling run share. */
export interface Rolling {
  readonly deps: DefragmentDeps
  readonly hand: RunHand
  readonly since: DataIdentity
  readonly plan: DefragmentPlan
  readonly tally: Tally
  /** Members that are done, in their order. */
  readonly own: MemberId[]
}

/** The pause behind a member, until a cancel or the stop of the process. */
export const settle = ({ deps, hand }: Rolling, member: MemberView, pause: number): Promise<void> =>
  hand.step({ name: 'settle', memberId: member.id }, async ({ note }) => {
    await note(sayOperation('settle_waiting', { seconds: Math.round(pause / 1_000) }))
    await deps.clock.sleep(pause, AbortSignal.any([hand.stopping, hand.cancelled]))
    return { value: undefined, message: '' }
  })

/** Members that were not begun. */
const namesLeft = ({ tally }: Pick<Rolling, 'tally'>): string =>
  listNames(
    tally
      .members()
      .filter(({ state }) => state === 'not_started')
      .map(({ member_id: id, member_name: name }) => nameOf({ id, name })),
  )

/** What is told of a run that ended on request. */
export function sayCancelled(rolling: Rolling): string {
  const { own, tally } = rolling
  const last = tally.members().find(({ member_id: id }) => id === own.at(-1))
  const members = namesLeft(rolling)
  return last
    ? sayOperation('run_cancelled', {
        member: nameOf({ id: last.member_id, name: last.member_name }),
        members,
      })
    : sayOperation('run_cancelled_first', { members })
}

/** What is told of a run whose process was asked to stop. */
export const sayStopped = (rolling: Rolling): string =>
  sayOperation('run_stopped', { members: namesLeft(rolling) })

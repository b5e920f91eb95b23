import type { ClusterView, MemberView } from '@etcdmonitor/core/etcd/cluster-view'
import type { MemberId } from '@etcdmonitor/core/etcd/member'
import type { PlannedStep } from '@etcdmonitor/core/operations/plan-defragment'
import type { Step } from '@etcdmonitor/core/ports/run-store'
import { planned } from '../run/run-act.ts'

/** Members that are defragmented, in their order. */
export const touchedBy = (plan: readonly PlannedStep[]): readonly MemberView[] =>
  plan.filter(({ action, isSkipped }) => action === 'defragment' && !isSkipped).map(({ member }) => member)

/** The whole run after its preflight; members with which nothing is done stand first. */
export function initialSteps(plan: readonly PlannedStep[]): readonly Step[] {
  const skipped = plan
    .filter(({ isSkipped }) => isSkipped)
    .map(({ member, note }) => skippedStep(member, note))
  const movedId = plan.find(({ action }) => action === 'move_leader')?.member.id
  const members = touchedBy(plan)
  return members.length === 0
    ? skipped
    : [...skipped, planned('gate'), ...stepsAfterGate(members, { movedId })]
}

export const skippedStep = (member: MemberView, message: string): Step => ({
  ...planned('defragment', member),
  state: 'skipped',
  message,
})

/** What follows a gate that passed: the first member, the others each behind a gate of its own. `movedId`: the leader that has to go first. */
export const stepsAfterGate = (
  members: readonly MemberView[],
  { movedId }: { readonly movedId?: MemberId | undefined },
): readonly Step[] => [
  ...members.flatMap((member, index) => {
    const isLast = index === members.length - 1
    const transfer =
      member.id === movedId
        ? [planned('move_leader', member), planned('settle', member), planned('gate')]
        : []
    return [
      ...(index > 0 ? [planned('gate')] : []),
      ...transfer,
      planned('defragment', member),
      ...(isLast ? [] : [planned('settle', member)]),
    ]
  }),
  planned('verify'),
]

/** The same for at most `room` steps: without the transfer where that is too many. `movedId`: the leader that goes first all the same. */
export function stepsWithin(
  room: number,
  members: readonly MemberView[],
  wishedId: MemberId | undefined,
): { readonly steps: readonly Step[]; readonly movedId: MemberId | undefined } {
  const steps = stepsAfterGate(members, { movedId: wishedId })
  return steps.length <= room
    ? { steps, movedId: wishedId }
    : { steps: stepsAfterGate(members, {}), movedId: undefined }
}

/** The order as it is judged now: who leads comes last, the others keep theirs. Members that have left are left out. */
export function reorder(
  left: readonly MemberView[],
  { members, leaderId }: ClusterView,
): readonly MemberView[] {
  const present = left.flatMap(({ id }) => members.find((member) => member.id === id) ?? [])
  return [...present.filter(({ id }) => id !== leaderId), ...present.filter(({ id }) => id === leaderId)]
}

import { AppError } from '@etcdmonitor/core/errors'
import type { MemberView } from '@etcdmonitor/core/etcd/cluster-view'
import type { MemberStatus } from '@etcdmonitor/core/etcd/member'
import { nameOf } from '@etcdmonitor/core/operations/judge-voters'
import type { PlannedStep } from '@etcdmonitor/core/operations/plan-defragment'
import { MAX_STEPS } from '@etcdmonitor/core/ports/run-store'
import { type Defragmented, defragmentMember } from '../act/defragment-member.ts'
import { awaitGate, confirmGate, type Passed } from '../act/gate.ts'
import type { DefragmentBody, DefragmentDeps, DefragmentPlan } from '../plan/defragment-plan.ts'
import { describeWarnings, type MakePlan, planPatiently, refuseBlocked } from '../plan/operation-plan.ts'
import { planned, type RunAct, type RunDone, type RunHand } from '../run/run-act.ts'
import { stopped, withDetails } from '../run/run-error.ts'
import { moveAway } from './move-away.ts'
import { type Rolling, sayCancelled, sayStopped, settle } from './rolling.ts'
import { initialSteps, reorder, skippedStep, stepsWithin, touchedBy } from './rolling-steps.ts'
import { createTally, type RollingMember } from './rolling-tally.ts'

export interface RollingResult {
  readonly [name: string]: unknown
  readonly message: 'defragment completed'
  readonly duration_ms: number
  readonly reclaimed_bytes: number
  readonly leader_before: string
  readonly leader_after: string
  readonly members: RollingMember[]
}

interface Asked {
  readonly body: DefragmentBody
  readonly plan: DefragmentPlan
  readonly make: MakePlan<DefragmentPlan>
}

/** Several members in turn (operations.md 7). */
export function rollingAct(deps: DefragmentDeps, { body, plan, make }: Asked): RunAct<RollingResult> {
  const { clusterId } = plan.facts
  const params = {
    member_ids: body.member_ids === 'all' ? 'all' : [...(body.member_ids ?? [])],
    ...(body.move_leader !== undefined && { move_leader: body.move_leader }),
    min_reclaim_bytes: body.min_reclaim_bytes,
  }
  return {
    operation: 'defragment',
    clusterId,
    target: 'cluster',
    params,
    audited: params,
    steps: [planned('preflight'), ...initialSteps(plan.planned)],
    carryOut: (hand) => roll(deps, hand, { plan, make }),
  }
}

/** Elections may bring leadership back; beyond that, and where the run would have too many steps, the leader is defragmented in place. */
const MAX_MOVES = 3

async function roll(
  deps: DefragmentDeps,
  hand: RunHand,
  { plan: agreed, make }: Pick<Asked, 'plan' | 'make'>,
): Promise<RunDone<RollingResult>> {
  const { clusterId, epoch } = agreed.facts
  const since = { clusterId, epoch }
  const { movesLeader } = agreed
  const from = deps.clock.monotonic()
  const plan = await hand.step({ name: 'preflight' }, async () => {
    const value = await planPatiently(() => make({ since, ownRun: hand.runId, movesLeader }), deps)
    refuseBlocked(value)
    hand.plan(initialSteps(value.planned))
    return { value, message: describeWarnings(value) }
  })
  const rolling: Rolling = { deps, hand, since, plan, tally: createTally(plan.planned), own: [] }
  const { tally } = rolling
  try {
    await hand.progress(tally.progress())
    const members = touchedBy(plan.planned)
    const isWhole = await defragmentAll(rolling, members)
    const leaderBefore = plan.facts.view.leaderId ?? ''
    const leaderAfter = isWhole && members.length > 0 ? await verify(rolling) : await leaderNow(rolling)
    const result: RollingResult = {
      message: 'defragment completed',
      duration_ms: Math.round(deps.clock.monotonic() - from),
      reclaimed_bytes: tally.reclaimed(),
      leader_before: leaderBefore,
      leader_after: leaderAfter || leaderBefore,
      members: tally.members(),
    }
    const cancelled = { isCancelled: true, message: sayCancelled(rolling) } as const
    return { result, detail: tally.counts(), ...(!isWhole && cancelled) }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const isStopped = error.details.run_code === 'process_stopped' && hand.stopping.aborted
    throw withDetails(isStopped ? stopped(sayStopped(rolling)) : error, { members: tally.members() })
  }
}

/** One after the other, the order judged again before each. False: stopped on request. */
async function defragmentAll(rolling: Rolling, members: readonly MemberView[]): Promise<boolean> {
  const { hand, tally, deps } = rolling
  const { limits } = deps
  let left = members
  let moves = 0
  while (left.length > 0) {
    if (await hand.isCancelled()) return false
    const turn = await passGate(rolling, left, moves < MAX_MOVES)
    if (!turn) return false
    const { passed, order, leader } = turn
    left = order
    const [next] = order
    if (!next) return true
    if (leader) {
      await moveAway(rolling, leader, passed)
      moves += 1
      continue
    }
    const { durationMs } = await defragment(rolling, next, { passed, isLast: order.length === 1 })
    left = order.slice(1)
    await hand.progress(tally.progress())
    if (left.length === 0) return true
    if (await hand.isCancelled()) return false
    await settle(rolling, next, durationMs < limits.settle.border ? limits.settle.short : limits.settle.long)
  }
  return true
}

interface Turn {
  readonly passed: Passed
  /** Whose turn it is, and who follows. */
  readonly order: readonly MemberView[]
  /** It has to hand over leadership first. */
  readonly leader: MemberView | undefined
}

/** Undefined: a cancel came first. */
const passGate = (
  rolling: Rolling,
  left: readonly MemberView[],
  mayMove: boolean,
): Promise<Turn | undefined> =>
  rolling.hand.step<Turn | undefined>({ name: 'gate' }, async ({ note }) => {
    const { deps, hand, since, own, tally, plan } = rolling
    const passed = await awaitGate(deps, hand, { since, own, note })
    if (!passed) return { value: undefined, message: sayCancelled(rolling) }
    const { view } = passed.facts
    const order = reorder(left, view)
    const gone = left.filter(({ id }) => !order.some((member) => member.id === id))
    for (const { id } of gone) tally.skip(id, LEFT)
    const voters = view.members.filter(({ isLearner }) => !isLearner).length
    const skipped = gone.map((member) => skippedStep(member, LEFT))
    const wishedId = plan.movesLeader && mayMove && voters > 1 ? view.leaderId : undefined
    const room = MAX_STEPS - hand.passed() - skipped.length
    const { steps, movedId } = stepsWithin(room, order, wishedId)
    hand.plan([...skipped, ...steps])
    const leader = order[0]?.id === movedId ? order[0] : undefined
    return { value: { passed, order, leader }, message: 'The cluster is healthy.' }
  })

const LEFT = 'It has left the cluster.'

async function defragment(
  rolling: Rolling,
  member: MemberView,
  { passed, isLast }: { readonly passed: Passed; readonly isLast: boolean },
): Promise<Defragmented> {
  const { deps, hand, since, plan, tally, own } = rolling
  const blockedSeconds = plan.planned.find((one) => isOf(one, member))?.blockedSeconds ?? 0
  let isBegun = false
  const confirm = async ({ leaderId }: MemberStatus) => {
    const { view } = await confirmGate(deps, hand, { since, own, passed })
    if (!isLast && [leaderId, view.leaderId].includes(member.id)) throw leadsNow(member)
    isBegun = true
  }
  try {
    const done = await defragmentMember(deps, hand, { member, isRolling: true, blockedSeconds, confirm })
    own.push(member.id)
    tally.succeed(member.id, done)
    return done
  } catch (error) {
    const isTouched = isBegun && error instanceof AppError && error.details.run_code !== 'process_stopped'
    if (isTouched) tally.fail(member.id, error)
    throw error
  }
}

/** Elected since the gate: it is not its turn before the others. */
function leadsNow(member: MemberView): AppError {
  const message = `${nameOf(member)} has become the leader, and others are to come before it. Nothing else was started.`
  const blockers = [{ code: 'leader_in_place', message, member_id: member.id }]
  return new AppError('health_gate_failed', message, { details: { blockers } })
}

const isOf = ({ action, member }: PlannedStep, { id }: MemberView) =>
  action === 'defragment' && member.id === id

/** Who leads at the end. */
const verify = (rolling: Rolling): Promise<string> =>
  rolling.hand.step({ name: 'verify' }, async () => {
    const value = await leaderNow(rolling)
    return { value, message: rolling.tally.describe() }
  })

async function leaderNow({ deps: { etcd, limits } }: Rolling): Promise<string> {
  const { leaderId } = await etcd.view({ maxAge: 0, wait: limits.view })
  return leaderId ?? ''
}

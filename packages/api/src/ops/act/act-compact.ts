import { AppError } from '@etcdmonitor/core/errors'
import { hasAnswered } from '@etcdmonitor/core/etcd/member-health'
import { checkOperation } from '@etcdmonitor/core/operations/check-operation'
import { reclaimable } from '@etcdmonitor/core/operations/defrag-advice'
import { sayOperation } from '@etcdmonitor/core/operations/messages'
import { type CompactTarget, compactTarget } from '@etcdmonitor/core/operations/plan-compact'
import { toExact } from '../../keys/key-node.ts'
import { type MakePlan, type OperationPlan, refuseBlocked } from '../plan/operation-plan.ts'
import { otherCluster } from '../plan/operation-request.ts'
import type { FactsReader } from '../plan/read-facts.ts'
import { planned, type RunAct, type RunHand } from '../run/run-act.ts'
import { orNothing, settleCompact } from '../run/settle-outcome.ts'
import { type ActDeps, orSettled, preflight, settlingOf } from './act-parts.ts'

export interface CompactRequest {
  readonly retain_count: number
  readonly physical: boolean
}

export interface CompactPlan extends OperationPlan {
  readonly head: string
  readonly compacted: string | undefined
  readonly target: CompactTarget
}

export interface CompactResult {
  readonly [name: string]: unknown
  readonly message: 'compact completed'
  readonly current_revision: number
  readonly target_revision: number
  readonly compact_revision_before: number | null
  readonly retain_count: number
  readonly physical: boolean
  readonly duration_ms: number
  readonly members: { member_id: string; member_name: string; reclaimable_bytes: number }[]
}

export const makeCompactPlan =
  (
    { etcd }: ActDeps,
    readFacts: FactsReader,
    { retain_count: retainCount, physical }: CompactRequest,
  ): MakePlan<CompactPlan> =>
  async (wanted) => {
    const reading = Promise.all([etcd.headRevision(), etcd.compactedRevision()])
    reading.catch(() => undefined) // told below, unless the facts say why
    const facts = await readFacts({ ...wanted, withHistory: true })
    const [head, compacted] = await reading.catch((error: unknown) => {
      throw facts.clusterChanged === undefined ? error : otherCluster(facts.clusterChanged)
    })
    const target = compactTarget(head, retainCount, compacted)
    const kept =
      target.kind === 'compact' ? `history up to revision ${target.target} goes` : 'nothing is to be done'
    return {
      ...checkOperation({ column: 'compact', memberIds: [], retainCount }, facts),
      ...{ facts, head, compacted, target },
      steps: [
        {
          ...{ action: 'compact' as const, member_id: '', member_name: '', role: '' as const },
          note: `${kept}, ${retainCount} revisions stay${physical ? '; waits until the pages are free' : ''}`,
          skipped: false,
          blocked_seconds: 0,
        },
      ],
    }
  }

/** @throws AppError `nothing_to_compact`, `revision_compacted`; `health_gate_failed` where these are revisions of another cluster */
export function targetOf({ facts, head, target }: CompactPlan, retainCount: number): string {
  if (facts.clusterChanged !== undefined) throw otherCluster(facts.clusterChanged)
  if (target.kind === 'compact') return target.target
  if (target.kind === 'compacted') throw alreadyCompacted(target.compactRevision)
  throw new AppError('nothing_to_compact', `there are ${head} revisions, and ${retainCount} are to be kept`, {
    details: { current_revision: toExact(head), retain_count: retainCount },
  })
}

const alreadyCompacted = (revision: string | undefined): AppError =>
  new AppError('revision_compacted', 'the history is compacted that far already, or farther', {
    details: revision === undefined ? {} : { compact_revision: toExact(revision) },
  })

export function compactAct(
  deps: ActDeps,
  request: CompactRequest,
  { plan, make }: { readonly plan: CompactPlan; readonly make: MakePlan<CompactPlan> },
): RunAct<CompactResult> {
  const { clusterId, epoch } = plan.facts
  const { retain_count: retainCount, physical } = request
  const refuse = (found: CompactPlan) => {
    targetOf(found, retainCount)
    refuseBlocked(found)
  }
  return {
    operation: 'compact',
    clusterId,
    target: 'cluster',
    params: { ...request },
    audited: { ...request, target_revision: toExact(targetOf(plan, retainCount)) },
    steps: [planned('preflight'), planned('compact'), planned('verify')],
    async carryOut(hand) {
      const since = { clusterId, epoch }
      const again = () => make({ since, ownRun: hand.runId })
      const { head, compacted, ...found } = await preflight(hand, deps, { make: again, refuse })
      const target = targetOf({ ...found, head, compacted }, retainCount)
      const durationMs = await compact(deps, hand, { target, retainCount, physical })
      const members = await verify(deps, hand, target)
      return {
        result: {
          message: 'compact completed',
          current_revision: toExact(head),
          target_revision: toExact(target),
          compact_revision_before: compacted === undefined ? null : toExact(compacted),
          retain_count: retainCount,
          physical,
          duration_ms: durationMs,
          members,
        },
        detail: { compact_revision_before: compacted ?? null },
      }
    },
  }
}

/** ms that the call took. */
const compact = (
  deps: ActDeps,
  hand: RunHand,
  {
    target,
    retainCount,
    physical,
  }: { readonly target: string; readonly retainCount: number; readonly physical: boolean },
): Promise<number> =>
  hand.step({ name: 'compact', before: { target }, isChange: true }, async ({ mayStillSend }) => {
    const { etcd, clock, limits } = deps
    const from = clock.monotonic()
    const deadline = physical ? limits.compact.physical : limits.compact.logical
    const send = () => etcd.compact(target, physical, { deadline, mayStillSend })
    try {
      const settled = await orSettled(send, () => settleCompact(settlingOf(deps, hand), target))
      const done = sayOperation('compact_done', { target, kept: retainCount })
      return { value: Math.round(clock.monotonic() - from), message: settled ?? done }
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'revision_compacted') throw error
      throw alreadyCompacted(await etcd.compactedRevision())
    }
  })

/** etcd serves reads at the revision that it is compacted to: where that is the first of all, nothing shows it. */
const FIRST = '1'

/** Freed pages appear in sizes with a later commit, so they are looked at after a moment. */
const verify = ({ etcd, clock, limits }: ActDeps, hand: RunHand, target: string) =>
  hand.step({ name: 'verify' }, async () => {
    const compacted = await orNothing(() => etcd.compactedRevision())
    if (target !== FIRST && compacted !== undefined && BigInt(compacted) < BigInt(target))
      throw new AppError(
        'etcd_error',
        `the history is compacted up to ${compacted} only, not up to ${target}`,
      )
    await clock.sleep(limits.compact.look, hand.stopping)
    const { members } = await etcd.view({ maxAge: 0, wait: limits.view })
    const value = members.filter(hasAnswered).map(({ id, name, status }) => ({
      member_id: id,
      member_name: name,
      reclaimable_bytes: reclaimable(status.dbSizeBytes, status.dbSizeInUseBytes),
    }))
    return {
      value,
      message: compacted === undefined ? 'Not checked: etcd does not tell.' : 'The history is gone.',
    }
  })

import { AppError } from '@etcdmonitor/core/errors'
import type { MemberId } from '@etcdmonitor/core/etcd/member'
import {
  type DefragmentRequest,
  type PlannedStep,
  planDefragment,
} from '@etcdmonitor/core/operations/plan-defragment'
import type { RunStore } from '@etcdmonitor/core/ports/run-store'
import type { ApiDeps } from '../../deps.ts'
import { invalidRequest, toItem } from '../../http/validation-items.ts'
import type { ActDeps } from '../act/act-parts.ts'
import type { MakePlan, OperationPlan } from './operation-plan.ts'
import { noSuchMember } from './operation-request.ts'
import { toPlanStep } from './plan-answer.ts'
import type { FactsReader } from './read-facts.ts'

/** Of one run: with a gate and a pause for each, and transfers, it has fewer than 200 steps. */
export const MAX_MEMBERS = 64
/** Runs that are looked at for how fast members were. */
const LOOKED_AT = 20

export interface DefragmentBody {
  readonly member_id?: MemberId | undefined
  readonly member_ids?: readonly MemberId[] | 'all' | undefined
  readonly move_leader?: boolean | undefined
  readonly min_reclaim_bytes: number
}

export interface DefragmentPlan extends OperationPlan {
  readonly planned: readonly PlannedStep[]
}

export interface DefragmentDeps extends ActDeps, Pick<ApiDeps, 'metrics'> {
  readonly readFacts: FactsReader
  readonly state: { readonly runs: Pick<RunStore, 'list'> }
}

/** @throws AppError `member_not_found`; `validation_failed` where all are too many for one run */
export const makeDefragmentPlan =
  ({ etcd, readFacts, state }: DefragmentDeps, body: DefragmentBody): MakePlan<DefragmentPlan> =>
  async (wanted) => {
    const [facts, compactedRevision, speeds] = await Promise.all([
      readFacts(wanted),
      readCompacted(etcd),
      readSpeeds(state.runs),
    ])
    const { members } = facts.view
    const memberIds = idsOf(
      body,
      members.map(({ id }) => id),
    )
    const unknown = memberIds.find((id) => !members.some((member) => member.id === id))
    if (unknown !== undefined) throw noSuchMember(unknown, facts)
    if (memberIds.length > MAX_MEMBERS) throw tooMany(memberIds.length)
    const movesLeader = body.move_leader ?? wanted.movesLeader
    const request: DefragmentRequest = {
      memberIds,
      isRolling: body.member_ids !== undefined,
      minReclaimBytes: body.min_reclaim_bytes,
      ...(movesLeader !== undefined && { movesLeader }),
    }
    const known = compactedRevision === undefined ? {} : { compactedRevision }
    const { steps, ...plan } = planDefragment(request, { ...facts, speeds, ...known })
    return { ...plan, facts, planned: steps, steps: steps.map(toPlanStep) }
  }

const idsOf = ({ member_id: one, member_ids: several }: DefragmentBody, all: readonly MemberId[]) =>
  one !== undefined ? [one] : several === 'all' || several === undefined ? all : several

const tooMany = (count: number): AppError => {
  const message = `all ${count} members, and a run takes at most ${MAX_MEMBERS}: name them, in several runs`
  return invalidRequest([toItem('body', ['member_ids'], 'too_many_items', message)])
}

/** Only a note depends on it. */
async function readCompacted(etcd: ActDeps['etcd']): Promise<string | undefined> {
  try {
    return await etcd.compactedRevision({ deadline: 3_000 })
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}

/** Bytes per second of each member's last defragmentation by us. */
async function readSpeeds(runs: Pick<RunStore, 'list'>): Promise<ReadonlyMap<MemberId, number>> {
  const list = await runs.list({ limit: LOOKED_AT, operation: 'defragment', state: 'succeeded' })
  const speeds = new Map<MemberId, number>()
  for (const { result } of list)
    for (const one of [result, ...(Array.isArray(result?.members) ? result.members : [])]) {
      const { member_id: id, db_size_after: bytes, duration_ms: ms } = (one ?? {}) as Record<string, unknown> // of our own making
      if (typeof id !== 'string' || typeof bytes !== 'number' || typeof ms !== 'number') continue
      if (ms > 0 && !speeds.has(id)) speeds.set(id, (bytes / ms) * 1_000)
    }
  return speeds
}

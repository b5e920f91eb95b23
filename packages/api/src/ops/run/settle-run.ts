import { sayOperation } from '@etcdmonitor/core/operations/messages'
import type { OperationLimits } from '@etcdmonitor/core/operations/operation-limits'
import type { Begun, Run, Step } from '@etcdmonitor/core/ports/run-store'
import type { ApiDeps } from '../../deps.ts'
import type { Persist } from './persist.ts'
import {
  type Settled,
  type Settling,
  settleCompact,
  settleDefragment,
  settleDisarm,
  settleTransfer,
} from './settle-outcome.ts'

/** What is left to do of a run that was taken over: its running step is settled, then the lock is freed. Sends nothing that changes etcd. */
export type SettleRun = (
  taken: Begun,
  how: { readonly persist: Persist; readonly signal: AbortSignal; readonly why: LostBy },
) => Promise<void>

/** Its process is gone, or lives and lost hold of it. */
export type LostBy = 'run_interrupted' | 'run_let_go'

interface SettleDeps extends Pick<ApiDeps, 'state' | 'etcd' | 'clock'> {
  readonly limits: OperationLimits
}

export const createSettleRun =
  ({ state: { runs }, etcd, clock, limits }: SettleDeps): SettleRun =>
  async ({ run, owner }, { persist, signal, why }) => {
    for (const [index, step] of run.steps.entries()) {
      if (step.state !== 'running') continue
      const { state, message } = await settle({ etcd, clock, limits, signal }, step, { run, why })
      await persist(() => runs.endStep(owner, index, { state, message }))
    }
    await persist(() => runs.releaseLock(owner))
  }

/** This process may have been started for another cluster than the one that ran it. */
const ELSEWHERE: Settled = {
  state: 'unknown',
  message: 'Another cluster answers now: what became of this cannot be asked.',
}

async function settle(
  settling: Settling,
  step: Step,
  { run: { clusterId }, why }: { readonly run: Run; readonly why: LostBy },
): Promise<Settled> {
  const isElsewhere = async () => {
    const view = await settling.etcd.view({ maxAge: 0, wait: settling.limits.view })
    return view.clusterId !== undefined && view.clusterId !== clusterId
  }
  switch (step.name) {
    case 'compact':
    case 'disarm':
    case 'move_leader':
    case 'defragment':
      return (await isElsewhere()) ? ELSEWHERE : settleChange(settling, step, step.name)
    case 'preflight':
    case 'gate':
    case 'settle':
    case 'verify':
    case 'hash':
    case 'stream':
      return { state: 'failed', message: sayOperation(why, {}) }
  }
}

async function settleChange(
  settling: Settling,
  step: Step,
  name: 'compact' | 'disarm' | 'move_leader' | 'defragment',
): Promise<Settled> {
  switch (name) {
    case 'compact':
      return settleCompact(settling, String(step.before?.target ?? '0'))
    case 'disarm':
      return settleDisarm(settling, { memberId: step.memberId, type: String(step.before?.alarm_type ?? '') })
    case 'move_leader':
      return settleTransfer(settling, String(step.before?.target_member_id ?? step.memberId))
    case 'defragment':
      return settleDefragment(settling, step)
  }
}

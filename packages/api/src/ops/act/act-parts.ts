import { AppError } from '@etcdmonitor/core/errors'
import type { OperationLimits } from '@etcdmonitor/core/operations/operation-limits'
import type { ApiDeps } from '../../deps.ts'
import { describeWarnings, type OperationPlan, type Patience, planPatiently } from '../plan/operation-plan.ts'
import type { RunHand } from '../run/run-act.ts'
import type { Settled, Settling } from '../run/settle-outcome.ts'

/** What carries out operations. */
export interface ActDeps extends Pick<ApiDeps, 'etcd' | 'clock'> {
  readonly limits: OperationLimits
}

/** The checks again, now that the lock is held: everything may have changed. @throws what `refuse` does */
export const preflight = <P extends OperationPlan>(
  hand: RunHand,
  patience: Patience,
  { make, refuse }: { readonly make: () => Promise<P>; readonly refuse: (plan: P) => void },
): Promise<P> =>
  hand.step({ name: 'preflight' }, async () => {
    const plan = await planPatiently(make, patience)
    refuse(plan)
    return { value: plan, message: describeWarnings(plan) }
  })

/** Sends one change; where its answer is missing, what is found out about it counts. Gives what was found, undefined when there was an answer. */
export async function orSettled(
  send: () => Promise<unknown>,
  settle: () => Promise<Settled>,
): Promise<string | undefined> {
  try {
    await send()
    return undefined
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'outcome_unknown') throw error
    const { state, message } = await settle()
    if (state === 'succeeded') return message
    const code = state === 'failed' ? 'etcd_error' : 'outcome_unknown'
    throw new AppError(code, message, { cause: error, details: error.details })
  }
}

export const settlingOf = ({ etcd, clock, limits }: ActDeps, { closing }: RunHand): Settling => ({
  etcd,
  clock,
  limits,
  signal: closing,
})

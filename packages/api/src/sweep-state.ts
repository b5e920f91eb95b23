import { AppError } from '@etcdmonitor/core/errors'
import type { AuditKept } from '@etcdmonitor/core/ports/audit-log'
import type { Clock } from '@etcdmonitor/core/time'
import type { ApiDeps } from './deps.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Between two pieces, ms: a piece is done without a break, and requests wait for it. */
const PAUSE = 50

export interface SweepDeps extends Pick<ApiDeps, 'log'> {
  readonly clock: Pick<Clock, 'sleep'>
}

interface Sweep {
  /** For the log: `<name>_failed`, `<name>_recovered`. */
  readonly name: string
  readonly every: number
  /** Does one piece. */
  readonly piece: () => Promise<{ readonly more: boolean }>
}

/** What strangers make, at once and every minute, until `signal` aborts. */
export const sweepStateForEver = (
  { state, ...deps }: SweepDeps & { readonly state: Pick<ApiDeps['state'], 'maintain'> },
  signal: AbortSignal,
): Promise<void> =>
  sweepForEver(deps, { name: 'state_sweep', every: MINUTE, piece: () => state.maintain() }, signal)

/** Retention of the audit log, at once and every hour, until `signal` aborts. */
export const sweepAuditForEver = (
  {
    state,
    ...deps
  }: SweepDeps & { readonly state: { readonly audit: Pick<ApiDeps['state']['audit'], 'sweep'> } },
  { kept, signal }: { readonly kept: AuditKept; readonly signal: AbortSignal },
): Promise<void> =>
  sweepForEver(deps, { name: 'audit_sweep', every: HOUR, piece: () => state.audit.sweep(kept) }, signal)

/** Ended runs go with the entries of the audit log that tell of them, at once and every hour, until `signal` aborts. */
export const sweepRunsForEver = (
  {
    state,
    ...deps
  }: SweepDeps & {
    readonly state: Pick<ApiDeps['state'], 'now'> & {
      readonly runs: Pick<ApiDeps['state']['runs'], 'deleteEndedBefore'>
    }
  },
  { days, signal }: { readonly days: number; readonly signal: AbortSignal },
): Promise<void> => {
  const piece = async () => {
    const deleted = await state.runs.deleteEndedBefore((await state.now()) - days * DAY)
    return { more: deleted > 0 }
  }
  return sweepForEver(deps, { name: 'run_sweep', every: HOUR, piece }, signal)
}

/** Piece after piece as long as there is more. */
async function sweepForEver(
  { clock, log }: SweepDeps,
  { name, every, piece }: Sweep,
  signal: AbortSignal,
): Promise<void> {
  let isFailing = false
  while (!signal.aborted) {
    let more = false
    try {
      ;({ more } = await piece())
      if (isFailing) log.info(`${name}_recovered`)
      isFailing = false
    } catch (error) {
      if (!(error instanceof AppError)) log.error(`${name}_failed`, { error })
      else if (!isFailing) log.warn(`${name}_failed`, { error })
      isFailing = true
    }
    await clock.sleep(more ? PAUSE : every, signal)
  }
}

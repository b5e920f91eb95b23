import { MAX_MESSAGE } from '@etcdmonitor/core/operations/messages'
import { MAX_STEPS, type NewRun, type Progress, type Run, type Step } from '@etcdmonitor/core/ports/run-store'
import type { RunRow } from './run-tables.ts'

/** Steps as they are stored. @throws RangeError beyond 200 */
export function stepsText(steps: readonly Step[]): string {
  if (steps.length > MAX_STEPS) throw new RangeError(`a run of ${steps.length} steps`)
  return JSON.stringify(steps.map((step) => ({ ...step, message: step.message.slice(0, MAX_MESSAGE) })))
}

export const toRunRow = (run: NewRun, now: number): RunRow => ({
  id: run.id,
  cluster_id: run.clusterId,
  operation: run.operation,
  state: 'running',
  account_id: run.accountId,
  username: run.username,
  params: JSON.stringify(run.params),
  steps: stepsText(run.steps),
  progress: null,
  result: null,
  error: null,
  cancel_requested: 0,
  started_at: now,
  updated_at: now,
  finished_at: null,
})

export const toRun = (row: RunRow): Run => ({
  id: row.id,
  operation: row.operation,
  clusterId: row.cluster_id,
  accountId: row.account_id,
  username: row.username,
  params: parse<Run['params']>(row.params),
  state: row.state,
  steps: parse<readonly Step[]>(row.steps),
  cancelRequested: row.cancel_requested === 1,
  startedAt: row.started_at,
  updatedAt: row.updated_at,
  ...(row.progress !== null && { progress: parse<Progress>(row.progress) }),
  ...(row.finished_at !== null && { finishedAt: row.finished_at }),
  ...(row.result !== null && { result: parse<NonNullable<Run['result']>>(row.result) }),
  ...(row.error !== null && { error: parse<NonNullable<Run['error']>>(row.error) }),
})

/** Only this file writes these columns. */
const parse = <T>(text: string): T => JSON.parse(text) as T

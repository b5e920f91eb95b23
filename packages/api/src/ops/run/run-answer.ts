import { OPERATIONS, RUN_STATES, type Run, type Step } from '@etcdmonitor/core/ports/run-store'
import { z } from '@hono/zod-openapi'
import { toSeconds } from '../../members/member-answer.ts'

const STEP_STATES = ['not_started', 'running', 'succeeded', 'skipped', 'failed', 'unknown'] as const
const STEP_NAMES = [
  'preflight',
  'gate',
  'defragment',
  'settle',
  'move_leader',
  'stream',
  'compact',
  'disarm',
  'hash',
  'verify',
] as const

const StepAnswer = z
  .object({
    name: z.enum(STEP_NAMES),
    member_id: z.string().openapi({ description: 'empty: a step of the whole cluster' }),
    member_name: z.string(),
    state: z.enum(STEP_STATES),
    started_at: z.int().nullable(),
    finished_at: z.int().nullable(),
    duration_ms: z.int().nullable(),
    message: z.string(),
  })
  .openapi('RunStep')

/** A run as `/api/ops/runs` shows it (api.md 8.8). */
export const RunAnswer = z
  .object({
    id: z.string(),
    operation: z.enum(OPERATIONS),
    cluster_id: z.string(),
    username: z.string(),
    state: z.enum(RUN_STATES),
    member_ids: z.array(z.string()).openapi({ description: 'members concerned' }),
    params: z.record(z.string(), z.unknown()),
    started_at: z.int(),
    updated_at: z.int(),
    finished_at: z.int().nullable(),
    duration_ms: z.int().openapi({ description: 'so far, or in all' }),
    cancellable: z.boolean(),
    cancel_requested: z.boolean(),
    progress: z
      .object({ done: z.int(), total: z.int().nullable(), unit: z.enum(['members', 'bytes']) })
      .nullable(),
    steps: z.array(StepAnswer),
    result: z.record(z.string(), z.unknown()).nullable().openapi({
      description: "the 200 body of the run's route without run_id; of a snapshot what was checked",
    }),
    error: z.object({ code: z.string(), error: z.string() }).nullable(),
  })
  .openapi('Run')

/** Of a run that has not ended within `wait` (api.md 8.1). */
export const RunAccepted = z
  .object({
    run_id: z.string(),
    operation: z.enum(OPERATIONS),
    state: z.enum(RUN_STATES),
    started_at: z.int(),
    status_url: z.string(),
  })
  .openapi('RunAccepted')

export const toRunAnswer = (run: Run, now: number): z.output<typeof RunAnswer> => ({
  id: run.id,
  operation: run.operation,
  cluster_id: run.clusterId,
  username: run.username,
  state: run.state,
  member_ids: [...new Set(run.steps.map(({ memberId }) => memberId).filter((id) => id !== ''))],
  params: run.params,
  started_at: toSeconds(run.startedAt),
  updated_at: toSeconds(run.updatedAt),
  finished_at: toSeconds(run.finishedAt),
  duration_ms: Math.max(0, (run.finishedAt ?? now) - run.startedAt),
  cancellable: isCancellable(run),
  cancel_requested: run.cancelRequested,
  progress: run.progress ? { ...run.progress, total: run.progress.total ?? null } : null,
  steps: run.steps.map(toStepAnswer),
  result: run.result ?? null,
  error: run.error ?? null,
})

/** While it runs, and only what etcd need not be told: several members in turn, hashes, snapshots. */
export const isCancellable = ({ state, operation, params }: Pick<Run, 'state' | 'operation' | 'params'>) =>
  state === 'running' &&
  (operation === 'snapshot' ||
    operation === 'hashkv' ||
    (operation === 'defragment' && 'member_ids' in params))

export const toAccepted = ({ id, operation, state, startedAt }: Run): z.output<typeof RunAccepted> => ({
  run_id: id,
  operation,
  state,
  started_at: toSeconds(startedAt),
  status_url: `/api/ops/runs/${id}`,
})

const toStepAnswer = (step: Step): z.output<typeof StepAnswer> => ({
  name: step.name,
  member_id: step.memberId,
  member_name: step.memberName,
  state: step.state,
  started_at: toSeconds(step.startedAt),
  finished_at: toSeconds(step.finishedAt),
  duration_ms:
    step.startedAt === undefined || step.finishedAt === undefined
      ? null
      : Math.max(0, step.finishedAt - step.startedAt),
  message: step.message,
})

import { AppError } from '@etcdmonitor/core/errors'
import { OPERATIONS, RUN_STATES, type Run } from '@etcdmonitor/core/ports/run-store'
import { z } from '@hono/zod-openapi'
import { successOf, withRefusals } from '../../audit/audited.ts'
import { opsSwitch } from '../../audit/ops-switch.ts'
import type { ApiDeps, ApiSettings } from '../../deps.ts'
import { defineRoute } from '../../http/define-route.ts'
import { Instant, item, WholeNumber } from '../../http/query-forms.ts'
import { createRouter } from '../../http/router.ts'
import { invalidRequest, toItem } from '../../http/validation-items.ts'
import { readingRules } from '../../ops/plan/operation-request.ts'
import { isCancellable, RunAnswer, toRunAnswer } from '../../ops/run/run-answer.ts'
import { parseRunCursor, toRunCursor } from '../../ops/run/run-cursor.ts'

const MAX_LISTED = 200

const RunListQuery = z.strictObject({
  limit: WholeNumber.refine(
    (limit) => limit >= 1 && limit <= MAX_LISTED,
    item('out_of_range', 'not 1 to 200'),
  )
    .default(50)
    .openapi({ type: 'integer' }),
  cursor: z.string().optional().openapi({ description: 'cursor of an answer to the same query' }),
  operation: z.enum(OPERATIONS).optional(),
  state: z.enum(RUN_STATES).optional(),
  from: Instant.optional(),
  to: Instant.optional().openapi({ description: 'Unix seconds, exclusive; both of the start' }),
})

const params = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) })

const listRuns = (settings: ApiSettings) =>
  defineRoute({
    method: 'get',
    path: '/',
    summary: 'Operations that were carried out or are under way, newest first',
    rules: readingRules(settings),
    request: { query: RunListQuery },
    answer: z.object({ runs: z.array(RunAnswer), cursor: z.string().nullable() }).openapi('Runs'),
  })

const getRun = (settings: ApiSettings) =>
  defineRoute({
    method: 'get',
    path: '/{id}',
    summary: 'One run, its steps and how it ended',
    rules: readingRules(settings, 'run_not_found'),
    request: { query: z.strictObject({}), params },
    answer: RunAnswer,
  })

const cancelRun = (settings: ApiSettings) =>
  defineRoute({
    method: 'post',
    path: '/{id}/cancel',
    summary: 'Asks a run to stop between two members, or a snapshot to break off',
    rules: {
      ...readingRules(settings, 'run_not_found', 'not_cancellable'),
      allow: opsSwitch(settings, 'run_cancel'),
    },
    request: { query: z.strictObject({}), params },
    answer: RunAnswer,
    others: { 202: RunAnswer },
  })

/** `/api/ops/runs` (api.md 8.8). */
export function opsRunsRoutes({
  state,
  clock,
  settings,
  runs: engine,
}: Pick<ApiDeps, 'state' | 'clock' | 'settings' | 'runs'>) {
  async function find(id: string): Promise<Run> {
    const run = /^[0-9A-HJKMNP-TV-Z]{26}$/.test(id) ? await state.runs.get(id) : undefined
    if (!run) throw new AppError('run_not_found', 'there is no run of this id, or it is too old')
    return run
  }

  return createRouter()
    .openapi(listRuns(settings), async (c) => {
      const { cursor, ...query } = c.req.valid('query')
      const { limit, operation, state: ended, from, to } = query
      if (from !== undefined && to !== undefined && from >= to)
        throw invalidRequest([toItem('query', ['from'], 'out_of_range', 'not before to')])
      const others = JSON.stringify(query)
      const runs = await state.runs.list({
        limit,
        ...(cursor !== undefined && { after: await parseRunCursor(cursor, others) }),
        ...(operation && { operation }),
        ...(ended && { state: ended }),
        ...(from !== undefined && { from: from * 1_000 }),
        ...(to !== undefined && { to: to * 1_000 }),
      })
      const last = runs.length === limit ? runs.at(-1) : undefined
      const now = await state.now()
      return c.json(
        {
          runs: runs.map((run) => toRunAnswer(run, now)),
          cursor: last ? await toRunCursor(last.id, others) : null,
        },
        200,
      )
    })
    .openapi(getRun(settings), async (c) =>
      c.json(toRunAnswer(await find(c.req.valid('param').id), await state.now()), 200),
    )
    .openapi(cancelRun(settings), async (c) => {
      const { id } = c.req.valid('param')
      const what = { operation: 'run_cancel', target: id.slice(0, 64), runId: id.slice(0, 26) } as const
      const { operation, clusterId } = await withRefusals(c, what, async () => {
        const run = await find(id)
        if (!isCancellable(run)) throw notCancellable(run)
        return run
      })
      const event = successOf(c, { ...what, target: operation, clusterId, params: { run_id: id } })
      const run = await state.runs.requestCancel(id, event)
      if (!run?.cancelRequested || run.state !== 'running') throw notCancellable(run)
      engine.cancel([id])
      return c.json(toRunAnswer(run, clock.now()), 202)
    })
}

const notCancellable = (run: Run | undefined): AppError =>
  run?.state === 'running'
    ? new AppError('not_cancellable', 'etcd cannot stop what was sent', { details: { state: run.state } })
    : new AppError('not_cancellable', `the run has ended: ${run?.state ?? 'it is gone'}`, {
        details: { state: run?.state ?? '' },
      })

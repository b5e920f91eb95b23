import { z } from '@hono/zod-openapi'
import type { ApiSettings } from '../../deps.ts'
import { defineRoute } from '../../http/define-route.ts'
import { item } from '../../http/query-forms.ts'
import { createRouter } from '../../http/router.ts'
import { toExact } from '../../keys/key-node.ts'
import { compactAct, makeCompactPlan, targetOf } from '../../ops/act/act-compact.ts'
import { operate } from '../../ops/operate.ts'
import type { OperationDeps } from '../../ops/operations.ts'
import {
  accepted,
  operationRules,
  planShape,
  readingRules,
  WaitQuery,
} from '../../ops/plan/operation-request.ts'
import { PlanAnswer } from '../../ops/plan/plan-answer.ts'
import { RunAccepted } from '../../ops/run/run-answer.ts'

const MISSING = 'retain_count must be a positive integer'

const compactRevision = (settings: ApiSettings) =>
  defineRoute({
    method: 'get',
    path: '/revision',
    summary: 'The present revision and the oldest that can be read',
    rules: readingRules(
      settings,
      ...(['permission_denied', 'etcd_error', 'etcd_auth_failed', 'etcd_unavailable', 'no_quorum'] as const),
      ...(['etcd_overloaded', 'etcd_corrupt', 'etcd_timeout', 'member_unreachable'] as const),
    ),
    request: { query: z.strictObject({}) },
    answer: z
      .object({
        revision: z.int(),
        compact_revision: z.int().nullable().openapi({ description: 'null: it may not be asked for' }),
      })
      .openapi('CompactRevision'),
  })

const compact = (settings: ApiSettings) =>
  defineRoute({
    method: 'post',
    path: '/',
    summary: 'Forgets the history but for the newest revisions',
    rules: {
      ...operationRules(settings, 'compact', 'nothing_to_compact', 'revision_compacted', 'plan_changed'),
      missing: MISSING,
    },
    request: {
      query: WaitQuery,
      body: z.strictObject({
        retain_count: z
          .int(MISSING)
          .min(1, item('out_of_range', MISSING))
          .max(Number.MAX_SAFE_INTEGER)
          .openapi({ description: 'revisions that stay readable' }),
        physical: z
          .boolean()
          .default(false)
          .openapi({ description: 'waits until the answering member has freed the pages' }),
        ...planShape,
      }),
    },
    answer: z.union([
      z
        .object({
          message: z.literal('compact completed'),
          current_revision: z.int(),
          target_revision: z.int(),
          compact_revision_before: z.int().nullable(),
          retain_count: z.int(),
          physical: z.boolean(),
          duration_ms: z.int(),
          run_id: z.string(),
          members: z.array(
            z.object({ member_id: z.string(), member_name: z.string(), reclaimable_bytes: z.int() }),
          ),
        })
        .openapi('CompactDone'),
      PlanAnswer,
    ]),
    others: { 202: RunAccepted },
  })

/** `/api/ops/compact` (api.md 8.7). */
export function opsCompactRoutes(deps: OperationDeps) {
  const { etcd, settings } = deps
  return createRouter()
    .openapi(compactRevision(settings), async (c) => {
      const [revision, compacted] = await Promise.all([etcd.headRevision(), etcd.compactedRevision()])
      const answer = {
        revision: toExact(revision),
        compact_revision: compacted === undefined ? null : toExact(compacted),
      }
      return c.json(answer, 200)
    })
    .openapi(compact(settings), async (c) => {
      const { dry_run, plan_token, ...request } = c.req.valid('json')
      const make = makeCompactPlan(deps, deps.readFacts, request)
      const done = await operate(c, deps, {
        ...{ operation: 'compact', target: 'cluster', params: request, body: { dry_run, plan_token } },
        wait: c.req.valid('query').wait,
        makePlan: make,
        refuse: (plan) => void targetOf(plan, request.retain_count),
        toAct: (plan) => compactAct(deps, request, { plan, make }),
      })
      return done.kind === 'accepted' ? accepted(c, done.run) : c.json(done.answer, 200)
    })
}

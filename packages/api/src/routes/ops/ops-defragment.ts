import type { MemberId } from '@etcdmonitor/core/etcd/member'
import { z } from '@hono/zod-openapi'
import type { ApiSettings } from '../../deps.ts'
import { defineRoute } from '../../http/define-route.ts'
import { item } from '../../http/query-forms.ts'
import { createRouter } from '../../http/router.ts'
import { invalidRequest, toItem } from '../../http/validation-items.ts'
import { MemberIdMember } from '../../members/member-id.ts'
import { defragmentAct } from '../../ops/act/act-defragment.ts'
import { operate } from '../../ops/operate.ts'
import type { OperationDeps } from '../../ops/operations.ts'
import { MAX_MEMBERS, makeDefragmentPlan } from '../../ops/plan/defragment-plan.ts'
import { lastNameOf } from '../../ops/plan/member-name.ts'
import { refuseBlocked } from '../../ops/plan/operation-plan.ts'
import { accepted, operationRules, planShape, WaitQuery } from '../../ops/plan/operation-request.ts'
import { PlanAnswer } from '../../ops/plan/plan-answer.ts'
import { rollingAct } from '../../ops/rolling/act-rolling.ts'
import { RunAccepted } from '../../ops/run/run-answer.ts'

const MISSING = 'member_id is required'

const MemberIds = z.union([
  z.literal('all'),
  z
    .array(MemberIdMember)
    .min(1, item('out_of_range', 'without a member'))
    .max(MAX_MEMBERS)
    .refine((ids) => new Set(ids).size === ids.length, item('not_allowed_value', 'with a member twice')),
])

const Body = z.strictObject({
  member_id: MemberIdMember.optional(),
  member_ids: MemberIds.optional().openapi({ description: 'in turn, followers first; all: every voter' }),
  move_leader: z
    .boolean()
    .optional()
    .openapi({ description: 'before the turn of the leader; with member_ids. Absent: the plan decides' }),
  min_reclaim_bytes: z
    .int()
    .min(0)
    .optional()
    .openapi({ description: 'members that would return less are skipped; with member_ids. Default 0' }),
  ...planShape,
})

const Done = z
  .object({
    message: z.literal('defragment completed'),
    member_id: z.string(),
    member_name: z.string(),
    duration_ms: z.int(),
    run_id: z.string(),
    db_size_before: z.int(),
    db_size_after: z.int(),
    reclaimed_bytes: z.int().openapi({ description: 'negative when the file grew' }),
  })
  .openapi('DefragmentDone')

const RollingDone = z
  .object({
    message: z.literal('defragment completed'),
    run_id: z.string(),
    duration_ms: z.int(),
    reclaimed_bytes: z.int(),
    leader_before: z.string(),
    leader_after: z.string(),
    members: z.array(
      z.object({
        member_id: z.string(),
        member_name: z.string(),
        state: z.enum(['succeeded', 'skipped', 'failed', 'unknown', 'not_started']),
        duration_ms: z.int(),
        db_size_before: z.int().nullable(),
        db_size_after: z.int().nullable(),
        error: z.string(),
      }),
    ),
  })
  .openapi('RollingDefragmentDone')

const defragment = (settings: ApiSettings) =>
  defineRoute({
    method: 'post',
    path: '/',
    summary: 'Gives the free pages of members back to the disk',
    rules: {
      ...operationRules(settings, 'defragment', 'member_not_found', 'member_unreachable', 'plan_changed'),
      missing: MISSING,
    },
    request: { query: WaitQuery, body: Body },
    answer: z.union([Done, RollingDone, PlanAnswer]),
    others: { 202: RunAccepted },
  })

/** `/api/ops/defragment` (api.md 8.2). */
export const opsDefragmentRoutes = (deps: OperationDeps) =>
  createRouter().openapi(defragment(deps.settings), async (c) => {
    const { dry_run, plan_token, ...given } = c.req.valid('json')
    const memberId = checkForms(given)
    const request = { ...given, min_reclaim_bytes: given.min_reclaim_bytes ?? 0 }
    const make = makeDefragmentPlan(deps, request)
    const asked = {
      ...{ operation: 'defragment' as const, params: request, body: { dry_run, plan_token } },
      wait: c.req.valid('query').wait,
      makePlan: make,
    }
    const done =
      memberId === undefined
        ? await operate(c, deps, {
            ...asked,
            target: 'cluster',
            refuse: (plan) => refuseBlocked(plan),
            toAct: (plan) => rollingAct(deps, { body: request, plan, make }),
          })
        : await operate(c, deps, {
            ...asked,
            target: await lastNameOf(deps, memberId),
            refuse: (plan) => refuseBlocked(plan, memberId),
            toAct: (plan) => defragmentAct(deps, { memberId, plan, make }),
          })
    return done.kind === 'accepted' ? accepted(c, done.run) : c.json(done.answer, 200)
  })

/** The one member; undefined: several in turn. @throws AppError `validation_failed` */
function checkForms(body: Omit<z.output<typeof Body>, 'dry_run' | 'plan_token'>): MemberId | undefined {
  const { member_id: one, member_ids: several } = body
  if (one === undefined && several === undefined)
    throw invalidRequest([toItem('body', ['member_id'], 'required')], MISSING)
  if (one !== undefined && several !== undefined)
    throw invalidRequest([toItem('body', ['member_id'], 'exactly_one_of', 'not together with member_ids')])
  if (one === undefined) return undefined
  const wrong = (['move_leader', 'min_reclaim_bytes'] as const).filter((name) => body[name] !== undefined)
  if (wrong.length > 0)
    throw invalidRequest(wrong.map((name) => toItem('body', [name], 'not_together', 'with member_ids alone')))
  return one
}

import { z } from '@hono/zod-openapi'
import type { ApiSettings } from '../../deps.ts'
import { defineRoute } from '../../http/define-route.ts'
import { createRouter } from '../../http/router.ts'
import { MemberIdMember } from '../../members/member-id.ts'
import { makeMoveLeaderPlan, moveLeaderAct, refuseMove } from '../../ops/act/act-move-leader.ts'
import { operate } from '../../ops/operate.ts'
import type { OperationDeps } from '../../ops/operations.ts'
import { lastNameOf } from '../../ops/plan/member-name.ts'
import { accepted, operationRules, planShape, WaitQuery } from '../../ops/plan/operation-request.ts'
import { PlanAnswer } from '../../ops/plan/plan-answer.ts'
import { RunAccepted } from '../../ops/run/run-answer.ts'

const CODES = [
  'member_not_found',
  'already_leader',
  'not_a_voter',
  'single_member',
  'plan_changed',
  'member_unreachable',
] as const

const moveLeader = (settings: ApiSettings) =>
  defineRoute({
    method: 'post',
    path: '/',
    summary: 'Moves leadership to a voter',
    rules: {
      ...operationRules(settings, 'move_leader', ...CODES),
      missing: 'target_member_id is required',
    },
    request: { query: WaitQuery, body: z.strictObject({ target_member_id: MemberIdMember, ...planShape }) },
    answer: z.union([
      z
        .object({
          message: z.literal('leader moved'),
          target_id: z.string(),
          target_name: z.string(),
          duration_ms: z.int(),
          previous_leader_id: z.string(),
          run_id: z.string(),
        })
        .openapi('LeaderMoved'),
      PlanAnswer,
    ]),
    others: { 202: RunAccepted },
  })

/** `/api/ops/move-leader` (api.md 8.5). */
export const opsMoveLeaderRoutes = (deps: OperationDeps) =>
  createRouter().openapi(moveLeader(deps.settings), async (c) => {
    const { target_member_id: target, ...body } = c.req.valid('json')
    const make = makeMoveLeaderPlan(deps.readFacts, target)
    const done = await operate(c, deps, {
      ...{ operation: 'move_leader', params: { target_member_id: target }, body },
      target: await lastNameOf(deps, target),
      wait: c.req.valid('query').wait,
      makePlan: make,
      refuse: refuseMove,
      toAct: (plan) => moveLeaderAct(deps, { plan, make }),
    })
    return done.kind === 'accepted' ? accepted(c, done.run) : c.json(done.answer, 200)
  })

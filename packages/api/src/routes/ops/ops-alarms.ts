import { z } from '@hono/zod-openapi'
import type { ApiSettings } from '../../deps.ts'
import { defineRoute } from '../../http/define-route.ts'
import { item } from '../../http/query-forms.ts'
import { createRouter } from '../../http/router.ts'
import { invalidRequest, toItem } from '../../http/validation-items.ts'
import { isMemberId } from '../../members/member-id.ts'
import { disarmAct, makeDisarmPlan } from '../../ops/act/act-disarm.ts'
import { operate } from '../../ops/operate.ts'
import type { OperationDeps } from '../../ops/operations.ts'
import { createAlarmSightings } from '../../ops/plan/alarm-sightings.ts'
import { lastNameOf } from '../../ops/plan/member-name.ts'
import { refuseBlocked } from '../../ops/plan/operation-plan.ts'
import {
  accepted,
  operationRules,
  planShape,
  readingRules,
  WaitQuery,
} from '../../ops/plan/operation-request.ts'
import { PlanAnswer } from '../../ops/plan/plan-answer.ts'
import { RunAccepted } from '../../ops/run/run-answer.ts'

const LIST_DEADLINE = 5_000

const AlarmAnswer = z
  .object({
    member_id: z.string().openapi({ description: '0: of no member' }),
    member_name: z.string().openapi({ description: 'empty: of no member, or of one that has left' }),
    alarm_type: z.string(),
  })
  .openapi('Alarm')

const READ = [
  'permission_denied',
  'etcd_error',
  'etcd_auth_failed',
  'etcd_unavailable',
  'no_quorum',
  'etcd_overloaded',
  'etcd_timeout',
] as const

const listAlarms = (settings: ApiSettings) =>
  defineRoute({
    method: 'get',
    path: '/',
    summary: 'Alarms that are active now, as the cluster agrees on them',
    rules: readingRules(settings, ...READ),
    request: { query: z.strictObject({}) },
    answer: z.object({ alarms: z.array(AlarmAnswer) }).openapi('Alarms'),
  })

const disarmAlarm = (settings: ApiSettings) =>
  defineRoute({
    method: 'post',
    path: '/disarm',
    summary: 'Takes back one alarm of one member',
    rules: {
      ...operationRules(settings, 'alarm_disarm', 'alarm_not_found', 'member_not_found', 'plan_changed'),
      missing: 'member_id and alarm_type are required',
    },
    request: {
      query: WaitQuery,
      body: z.strictObject({
        member_id: z
          .string()
          .refine((text) => text === '0' || isMemberId(text), 'no member id')
          .openapi({ description: '0 with CORRUPT alone' }),
        alarm_type: z
          .string()
          .transform((text) => text.replace(/^AlarmType_/, ''))
          .pipe(z.enum(['NOSPACE', 'CORRUPT'], item('not_allowed_value', 'not NOSPACE or CORRUPT'))),
        ...planShape,
      }),
    },
    answer: z.union([
      z
        .object({
          message: z.literal('alarm disarmed'),
          member_id: z.string(),
          alarm_type: z.enum(['NOSPACE', 'CORRUPT']),
          run_id: z.string(),
        })
        .openapi('AlarmDisarmed'),
      PlanAnswer,
    ]),
    others: { 202: RunAccepted },
  })

/** `/api/ops/alarms` (api.md 8.4). */
export function opsAlarmsRoutes(deps: OperationDeps) {
  const { etcd, settings, limits } = deps
  const sightings = createAlarmSightings(deps, limits)
  const acting = { ...deps, sightings }
  return createRouter()
    .openapi(listAlarms(settings), async (c) => {
      const [alarms, { members }] = await Promise.all([
        etcd.alarms({ deadline: LIST_DEADLINE }),
        etcd.view({ maxAge: LIST_DEADLINE, wait: LIST_DEADLINE }),
      ])
      await sightings.see(alarms)
      const names = new Map(members.map(({ id, name }) => [id, name]))
      const answer = alarms.map(({ memberId, type }) => ({
        member_id: memberId,
        member_name: names.get(memberId) ?? '',
        alarm_type: type,
      }))
      return c.json({ alarms: answer }, 200)
    })
    .openapi(disarmAlarm(settings), async (c) => {
      const { member_id: memberId, alarm_type: type, ...body } = c.req.valid('json')
      if (memberId === '0' && type === 'NOSPACE')
        throw invalidRequest([toItem('body', ['member_id'], 'not_allowed_value', '0 is for CORRUPT alone')])
      const make = makeDisarmPlan(acting, { memberId, type })
      const done = await operate(c, deps, {
        ...{ operation: 'alarm_disarm', target: await lastNameOf(deps, memberId), body },
        params: { member_id: memberId, alarm_type: type },
        wait: c.req.valid('query').wait,
        makePlan: make,
        refuse: refuseBlocked,
        toAct: (plan) => disarmAct(acting, { plan, make }),
      })
      return done.kind === 'accepted' ? accepted(c, done.run) : c.json(done.answer, 200)
    })
}

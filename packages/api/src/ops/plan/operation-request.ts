import type { AuditOperation } from '@etcdmonitor/core/audit/audit-event'
import { AppError, type ErrorCode } from '@etcdmonitor/core/errors'
import type { Run } from '@etcdmonitor/core/ports/run-store'
import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { opsSwitch } from '../../audit/ops-switch.ts'
import type { ApiSettings } from '../../deps.ts'
import type { ApiEnv } from '../../http/api-env.ts'
import type { RouteRules } from '../../http/define-route.ts'
import { item, WholeNumber } from '../../http/query-forms.ts'
import { toAccepted } from '../run/run-answer.ts'
import type { ReadFacts } from './read-facts.ts'

const MAX_WAIT = 25
/** Of the whole answer, ms: the wait, and three rounds of facts before it. */
const DEADLINE = 45_000

/** What every operation that is a run takes in its query. */
export const WaitQuery = z.strictObject({
  wait: WholeNumber.refine((seconds) => seconds <= MAX_WAIT, item('out_of_range', `above ${MAX_WAIT}`))
    .default(MAX_WAIT)
    .openapi({ type: 'integer', description: 'seconds to wait for the end of the run, 0 to 25; then 202' }),
})

/** What the four operations with a plan take beside their own members. */
export const planShape = {
  dry_run: z.boolean().default(false).openapi({ description: 'answers with the plan and changes nothing' }),
  plan_token: z.string().max(4_096).optional().openapi({ description: 'of a plan: nothing else is done' }),
}

const ANY: readonly ErrorCode[] = [
  'ops_disabled',
  'audit_unavailable',
  'operation_in_progress',
  'health_gate_failed',
  'permission_denied',
  'not_supported',
  'etcd_error',
  'etcd_auth_failed',
  'etcd_unavailable',
  'no_quorum',
  'etcd_overloaded',
  'etcd_corrupt',
  'etcd_timeout',
  'outcome_unknown',
]

/** Rules of a route that makes a run. */
export const operationRules = (
  settings: ApiSettings,
  operation: AuditOperation,
  ...errors: readonly ErrorCode[]
): RouteRules => ({
  auth: 'session',
  deadline: DEADLINE,
  late: 'etcd_timeout',
  errors: [...ANY, ...errors],
  allow: opsSwitch(settings, operation),
})

/** Rules of a route below `/api/ops` that changes nothing. */
export const readingRules = (settings: ApiSettings, ...errors: readonly ErrorCode[]): RouteRules => ({
  auth: 'session',
  deadline: 30_000,
  late: 'etcd_timeout',
  errors: ['ops_disabled', ...errors],
  allow: opsSwitch(settings),
})

/** 202: the run goes on, or was cancelled. */
export function accepted(c: Context<ApiEnv>, run: Run) {
  const answer = toAccepted(run)
  c.header('location', answer.status_url)
  c.header('retry-after', '2')
  return c.json(answer, 202)
}

/** Instead of what another cluster makes of a request: a member that is not known there, or a history that is too short. */
export const otherCluster = (message: string): AppError =>
  new AppError('health_gate_failed', message, {
    details: { blockers: [{ code: 'cluster_changed', message }] },
  })

/** `facts`: of a plan, which may be of another cluster by now. */
export const noSuchMember = (
  id: string,
  { clusterChanged }: Pick<ReadFacts, 'clusterChanged'> = {},
): AppError =>
  clusterChanged === undefined
    ? new AppError('member_not_found', `no member ${id.slice(0, 20)} is in the cluster`)
    : otherCluster(clusterChanged)

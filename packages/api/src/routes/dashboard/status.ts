import { AppError } from '@etcdmonitor/core/errors'
import { clusterHealth, type HealthFacts, isFresh } from '@etcdmonitor/core/etcd/cluster-health'
import type { EndpointView } from '@etcdmonitor/core/etcd/cluster-view'
import { describeFailure } from '@etcdmonitor/core/etcd/describe-failure'
import { HEALTH_CODES, type HealthReason } from '@etcdmonitor/core/etcd/health-reasons'
import type { MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import { z } from '@hono/zod-openapi'
import { createAuditFill } from '../../audit/audit-fill.ts'
import type { ApiDeps } from '../../deps.ts'
import { defineRoute } from '../../http/define-route.ts'
import { createRouter } from '../../http/router.ts'
import { MemberAnswer, toMemberAnswers, toSeconds, versionOf } from '../../members/member-answer.ts'
import type { MemberBook } from '../../members/member-book.ts'
import type { Membership } from '../../members/membership.ts'
import { createMixWatch } from '../../members/mixed-members.ts'
import { newestReset } from '../../members/newest-reset.ts'
import { readQuotaUsage } from '../../members/quota-usage.ts'
import { isScraped } from '../../members/scrape-age.ts'
import { toAge, toViewAge, viewAgeShape } from '../../members/view-age.ts'
import { readBlocked } from '../../ops/plan/blocked-members.ts'
import { StoreState } from '../self/store-state.ts'

const Reason = z.object({ code: z.enum(HEALTH_CODES), message: z.string(), member_id: z.string().optional() })

const Endpoint = z
  .object({
    endpoint: z.string(),
    ok: z.boolean(),
    role: z.enum(['member', 'balancer', 'proxy', 'unknown']),
    stage: z.enum(['dns', 'tcp', 'tls', 'auth', 'quorum', 'ready']),
    kind: z.string(),
    error: z.string(),
    latency_ms: z.int().nullable(),
    checked_at: z.int().nullable(),
  })
  .openapi('Endpoint')

const getStatus = defineRoute({
  method: 'get',
  path: '/',
  summary: 'How the cluster, the collector and the stores are',
  rules: { auth: 'session', deadline: 10_000, errors: [] },
  request: { query: z.strictObject({}) },
  answer: z
    .object({
      status: z.literal('running'),
      app_version: z.string(),
      collector_up: z.boolean(),
      etcd_endpoint: z.string(),
      etcd_version: z.string(),
      collect_interval: z.int(),
      retention_days: z.int(),
      history: z.object({ from: z.int().nullable(), single_scrapes_from: z.int().nullable() }),
      members: z.array(MemberAnswer),
      default_member_id: z.string(),
      member_count: z.int(),
      timestamp: z.int(),
      ...viewAgeShape,
      health: z.object({
        state: z.enum(['healthy', 'degraded', 'critical', 'unknown']),
        reasons: z.array(Reason),
      }),
      data_since: z
        .int()
        .openapi({ description: 'when the data was last wiped or restored, Unix s; 0 = no reset seen' }),
      endpoints: z.array(Endpoint),
      collector: z.object({
        last_cycle_at: z.int().nullable(),
        age_seconds: z.int().nullable(),
        stale: z.boolean(),
      }),
      storage: z.object({ metrics: StoreState, state: StoreState }),
    })
    .openapi('Status'),
})

/** `/api/status`: from the last view and the store; makes no call to etcd beyond refreshing the view (api.md 5.4). */
export function statusRoutes(
  deps: Pick<ApiDeps, 'metrics' | 'state' | 'clock' | 'settings'>,
  book: MemberBook,
) {
  const { metrics, state, clock, settings } = deps
  const auditFill = createAuditFill(deps)
  const findMixed = createMixWatch(deps, settings.interval)
  return createRouter().openapi(getStatus, async (c) => {
    const [membership, history, stateHealth, audit] = await Promise.all([
      book.read(),
      readHistory(metrics, book),
      state.health(),
      auditFill(),
    ])
    const now = clock.now()
    const { view, current, defaultId } = membership
    const chosen = current.find(({ id }) => id === defaultId)
    const [quotaUsage, blocked, mixed] = await Promise.all([
      readQuotaUsage(metrics, membership),
      readBlocked(state, membership.clusterId),
      findMixed(membership),
    ])
    const facts = {
      ...toFacts(membership, settings, { quotaUsage, blocked, mixed }),
      ...(audit && { audit }),
    }
    const { reasons, state: health } = clusterHealth(view, facts, now)
    return c.json(
      {
        status: 'running' as const,
        app_version: settings.appVersion,
        collector_up: isScraped(chosen?.stored, settings.interval, now),
        etcd_endpoint: view.endpoints.map(({ url }) => url).join(','),
        etcd_version: chosen ? versionOf(chosen) : '',
        collect_interval: settings.interval / 1_000,
        retention_days: settings.retentionDays,
        history,
        members: toMemberAnswers(membership),
        default_member_id: defaultId,
        member_count: current.length,
        timestamp: toSeconds(now),
        ...toViewAge(membership, settings.interval, now),
        health: { state: health, reasons: reasons.map(toReason) },
        data_since: toSeconds(facts.dataReset?.at) ?? 0,
        endpoints: view.endpoints.map(toEndpoint),
        collector: toCollector(facts, now),
        storage: { metrics: metrics.health().state, state: stateHealth },
      },
      200,
    )
  })
}

/** Where history begins; the page is served without it when the store does not answer. */
async function readHistory(metrics: Pick<MetricsReader, 'horizon'>, book: MemberBook) {
  const clusterId = await book.clusterId()
  const horizon = await metrics.horizon({ clusterId }).catch((error: unknown) => {
    if (error instanceof AppError) return undefined
    throw error
  })
  return { from: toSeconds(horizon?.rollups), single_scrapes_from: toSeconds(horizon?.ticks) }
}

function toFacts(
  membership: Membership,
  settings: ApiDeps['settings'],
  known: Pick<HealthFacts, 'quotaUsage' | 'blocked' | 'mixed'>,
): HealthFacts {
  const { stored, clusterId } = membership
  const dataReset = newestReset(membership)
  const newestTickAt = Math.max(0, ...stored.map(({ newestAt }) => newestAt))
  return {
    interval: settings.interval,
    ...(newestTickAt > 0 && { newestTickAt }),
    lastGoodAt: new Map(
      stored
        .filter(({ member }) => member.clusterId === clusterId)
        .map(({ member, newestOkAt }) => [member.memberId, newestOkAt]),
    ),
    ...known,
    ...(dataReset && { dataReset }),
    isTlsUnverified: settings.isTlsUnverified,
  }
}

function toCollector({ newestTickAt, interval }: HealthFacts, now: number) {
  return {
    last_cycle_at: toSeconds(newestTickAt),
    age_seconds: newestTickAt === undefined ? null : toAge(newestTickAt, now),
    stale: !isFresh(newestTickAt, interval, now),
  }
}

const toReason = ({ code, message, memberId }: HealthReason): z.infer<typeof Reason> => ({
  code,
  message,
  ...(memberId !== undefined && { member_id: memberId }),
})

function toEndpoint({ url, role, failure, latencyMs, checkedAt }: EndpointView): z.infer<typeof Endpoint> {
  const isChecked = checkedAt !== undefined
  return {
    endpoint: url,
    ok: isChecked && failure === undefined,
    role,
    stage: failure?.stage ?? (isChecked ? 'ready' : 'dns'),
    kind: failure?.kind ?? '',
    error: failure ? describeFailure(failure) : isChecked ? '' : 'waiting for an answer',
    latency_ms: latencyMs === undefined ? null : Math.round(latencyMs),
    checked_at: toSeconds(checkedAt),
  }
}

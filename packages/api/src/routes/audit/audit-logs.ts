import type { AuditEntry } from '@etcdmonitor/core/audit/audit-event'
import { AUDIT_OPERATIONS } from '@etcdmonitor/core/audit/audit-event'
import { z } from '@hono/zod-openapi'
import { parseCursor, toCursor } from '../../audit/audit-cursor.ts'
import { exportAudit } from '../../audit/audit-export.ts'
import { AuditFilterQuery, AuditListQuery, toAuditFilter, toSkip } from '../../audit/audit-query.ts'
import { successOf } from '../../audit/audited.ts'
import { opsSwitch } from '../../audit/ops-switch.ts'
import type { ApiSettings } from '../../deps.ts'
import { defineRoute } from '../../http/define-route.ts'
import type { DownloadDeps } from '../../http/download.ts'
import { createRouter } from '../../http/router.ts'
import { invalidRequest, toItem } from '../../http/validation-items.ts'
import { toSeconds } from '../../members/member-answer.ts'

const Entry = z
  .object({
    id: z.int(),
    timestamp: z.int(),
    username: z.string(),
    operation: z.enum(AUDIT_OPERATIONS),
    target: z.string().openapi({ description: 'key, member name, client address, or cluster' }),
    params: z.string().openapi({ description: 'a JSON object as text' }),
    result: z.string().openapi({ description: 'ok, perhaps with a JSON object, or the error text' }),
    duration_ms: z.int(),
    success: z.boolean(),
    outcome: z.enum(['succeeded', 'failed', 'refused', 'unknown', 'interrupted', 'pending']),
    code: z.string(),
    address: z.string(),
    request_id: z.string(),
    run_id: z.string(),
    cluster_id: z.string(),
    count: z.int().openapi({ description: 'equal events that this entry stands for' }),
  })
  .openapi('AuditEntry')

const listEntries = (settings: ApiSettings) =>
  defineRoute({
    method: 'get',
    path: '/',
    summary: 'Who did what and how it ended, newest first',
    rules: {
      auth: 'session',
      deadline: 12_000,
      errors: ['ops_disabled', 'overloaded'],
      allow: opsSwitch(settings),
    },
    request: { query: AuditListQuery },
    answer: z
      .object({
        entries: z.array(Entry),
        total: z.int().optional().openapi({ description: 'absent with cursor' }),
        page: z.int().optional().openapi({ description: 'absent with cursor' }),
        page_size: z.int(),
        next_cursor: z.string().nullable(),
      })
      .openapi('AuditLog'),
  })

const exportEntries = (settings: ApiSettings) =>
  defineRoute({
    method: 'get',
    path: '/export',
    summary: 'The same entries as a CSV file; the download is an entry itself',
    rules: {
      auth: 'session',
      deadline: 10_000,
      withoutHead: true,
      errors: ['ops_disabled', 'audit_unavailable'],
      allow: opsSwitch(settings, 'audit_export'),
    },
    request: { query: AuditFilterQuery },
    answer: z.string(),
    mediaType: 'text/csv',
  })

/** `/api/ops/audit-logs` (api.md 8.9). */
export const auditLogsRoutes = (deps: DownloadDeps & { readonly settings: ApiSettings }) => {
  const { state, settings } = deps
  return createRouter()
    .openapi(listEntries(settings), async (c) => {
      const { page, cursor, ...query } = c.req.valid('query')
      if (page !== undefined && cursor !== undefined)
        throw invalidRequest([toItem('query', ['page'], 'not_together', 'not together with cursor')])
      const filter = toAuditFilter(query)
      const skip = toSkip(page, query.page_size)
      const others = JSON.stringify(query)
      const place =
        cursor === undefined ? { skip, isCounted: true } : { before: await parseCursor(cursor, others) }
      const { entries, hasMore, total } = await state.audit.page(filter, { size: query.page_size, ...place })
      const last = hasMore ? entries.at(-1) : undefined
      return c.json(
        {
          entries: entries.map(toAnswer),
          ...(total !== undefined && { total, page: page ?? 1 }),
          page_size: query.page_size,
          next_cursor: last ? await toCursor(last.id, others) : null,
        },
        200,
      )
    })
    .openapi(exportEntries(settings), async (c) => {
      const query = c.req.valid('query')
      const filter = toAuditFilter(query)
      await state.audit.event(successOf(c, { operation: 'audit_export', target: 'audit log', params: query }))
      const body = await exportAudit(deps, filter, c.var)
      c.header('content-type', 'text/csv; charset=utf-8')
      c.header('content-disposition', `attachment; filename="${fileName(deps.clock.now())}"`)
      c.header('x-accel-buffering', 'no')
      return c.body(body, 200)
    })
}

/** By the time in UTC: `etcdmonitor-audit-20260921-141320.csv`. */
function fileName(now: number): string {
  const [date, time] = new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T')
  return `etcdmonitor-audit-${date}-${time}.csv`
}

const toAnswer = (entry: AuditEntry): z.output<typeof Entry> => ({
  id: entry.id,
  timestamp: toSeconds(entry.at),
  username: entry.username,
  operation: entry.operation,
  target: entry.target,
  params: entry.params,
  result: entry.message,
  duration_ms: entry.durationMs,
  success: entry.verdict === 'succeeded',
  outcome: entry.verdict,
  code: entry.code,
  address: entry.address,
  request_id: entry.requestId,
  run_id: entry.runId,
  cluster_id: entry.clusterId,
  count: entry.count,
})

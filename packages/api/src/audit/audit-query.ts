import { AUDIT_OPERATIONS, type AuditFilter } from '@etcdmonitor/core/audit/audit-event'
import { z } from '@hono/zod-openapi'
import { Instant, item, WholeNumber } from '../http/query-forms.ts'
import { invalidRequest, toItem } from '../http/validation-items.ts'

const MAX_PAGE_SIZE = 1_000
/** Entries that a page by number may lie deep: they are read and left out. */
const MAX_DEPTH = 100_000

const textOf = (max: number) =>
  z.string().refine((text) => [...text].length <= max, item('too_long', `longer than ${max} characters`))

const fromOne = () => WholeNumber.refine((number) => number >= 1, item('out_of_range', 'not 1 or more'))

const flag = () => z.enum(['true', 'false']).transform((text) => text === 'true')

const FILTER = {
  operation: z.enum(AUDIT_OPERATIONS, `not one of ${AUDIT_OPERATIONS.join(', ')}`).optional(),
  username: textOf(64).optional().openapi({ description: 'exact, as stored' }),
  q: textOf(128).optional().openapi({ description: 'part of target, params or result, ASCII case ignored' }),
  success: flag().optional().openapi({ type: 'boolean' }),
  account: flag().optional().openapi({
    type: 'boolean',
    description: 'true: of names that are accounts by now; false: of others, which strangers invented',
  }),
  from: Instant.optional(),
  to: Instant.optional().openapi({ description: 'Unix seconds, exclusive' }),
}

/** Which entries; the same for list and export. */
export const AuditFilterQuery = z.strictObject(FILTER)

/** Query of `GET /api/ops/audit-logs`, as far as each parameter is right by itself. */
export const AuditListQuery = z.strictObject({
  page: fromOne().optional().openapi({ type: 'integer', description: 'from 1 on; not with cursor' }),
  page_size: fromOne()
    .transform((size) => Math.min(size, MAX_PAGE_SIZE))
    .default(20)
    .openapi({ type: 'integer', description: 'above 1000 it is 1000' }),
  cursor: z.string().optional().openapi({ description: 'next_cursor of an answer to the same query' }),
  ...FILTER,
})

/** @throws AppError `validation_failed` */
export function toAuditFilter({
  operation,
  username,
  q,
  success,
  account,
  from,
  to,
}: z.output<typeof AuditFilterQuery>): AuditFilter {
  if (from !== undefined && to !== undefined && from >= to)
    throw invalidRequest([toItem('query', ['from'], 'out_of_range', 'not before to')])
  return {
    ...(operation !== undefined && { operation }),
    ...(username !== undefined && { username }),
    ...(q !== undefined && { text: q }),
    ...(success !== undefined && { success }),
    ...(account !== undefined && { isAccount: account }),
    ...(from !== undefined && { from: from * 1_000 }),
    ...(to !== undefined && { to: to * 1_000 }),
  }
}

/** How many entries come before the page. @throws AppError `validation_failed` */
export function toSkip(page = 1, size = 1): number {
  if (page * size <= MAX_DEPTH) return (page - 1) * size
  const message = `beyond ${MAX_DEPTH} entries: go on by cursor`
  throw invalidRequest([toItem('query', ['page'], 'out_of_range', message)])
}

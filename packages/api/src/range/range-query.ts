import { AppError } from '@etcdmonitor/core/errors'
import { MAX_RANGE_SECONDS, parseRange } from '@etcdmonitor/core/metrics/slots/parse-range'
import { EXTRAS } from '@etcdmonitor/core/metrics/slots/window-values'
import { z } from '@hono/zod-openapi'
import { Instant, item, WholeNumber } from '../http/query-forms.ts'
import { type ItemCode, invalidRequest } from '../http/validation-items.ts'
import { MemberIdOrAllQuery } from '../members/member-id.ts'

const MAX_STEP = 86_400
/** How far in the future a window may end, seconds. */
const MAX_AHEAD = 86_400
const DEFAULT_RANGE = 3_600

const isExtra = (text: string): boolean => EXTRAS.some((extra) => extra === text)

/** Query of `GET /api/range`, as far as each parameter is right by itself. */
export const RangeQuery = z.strictObject({
  metrics: z.string().openapi({ description: 'names, comma-separated, at most 200' }),
  member_id: MemberIdOrAllQuery,
  range: z
    .string()
    .refine((text) => parseRange(text) !== undefined, 'not a duration such as 15m, 1h or 7d')
    .optional()
    .openapi({ description: 'window that ends now, 1 s to 90 d', example: '1h' }),
  start: Instant.optional(),
  end: Instant.optional(),
  step: WholeNumber.refine(
    (step) => step >= 1 && step <= MAX_STEP,
    item('out_of_range', `no step from 1 to ${MAX_STEP} seconds`),
  )
    .optional()
    .openapi({ type: 'integer', description: 'seconds, 1 to 86400' }),
  agg: z
    .enum(['avg', 'min', 'max', 'last'])
    .optional()
    .openapi({ description: 'of the samples or parts of a slot; default by metric' }),
  format: z.enum(['points', 'columns']).default('points'),
  include: z
    .string()
    .refine((list) => list.split(',').every(isExtra), item('not_allowed_value', 'not of stats, band, counts'))
    .transform((list) => EXTRAS.filter((extra) => list.split(',').includes(extra)))
    .optional()
    .openapi({
      type: 'string',
      description: 'stats, band, counts; with columns only',
      example: 'stats,band',
    }),
})
export type RangeQuery = z.output<typeof RangeQuery>

/**
 * The window that is asked for, Unix ms of whole seconds (api.md 5.3). `now` in ms. What ends now ends with the second that runs.
 * @throws AppError `validation_failed`, `range_too_large`
 */
export function toAskedWindow(
  query: RangeQuery,
  now: number,
): { readonly from: number; readonly to: number } {
  refuseConflicts(query)
  const nowSeconds = Math.ceil(now / 1_000)
  const end = query.end ?? nowSeconds
  if (end > nowSeconds + MAX_AHEAD)
    throw invalidWindow('/end', 'out_of_range', 'more than a day ahead of now')
  const start = query.start ?? end - (parseRange(query.range ?? '') ?? DEFAULT_RANGE)
  if (start >= end) throw invalidWindow('/start', 'out_of_range', 'not before the end of the window')
  if (end - start > MAX_RANGE_SECONDS)
    throw new AppError('range_too_large', `a window of ${end - start} s is too large, at most 90 d fit`, {
      details: { max_seconds: MAX_RANGE_SECONDS },
    })
  return { from: start * 1_000, to: end * 1_000 }
}

function refuseConflicts({ range, start, end, member_id, format, include }: RangeQuery): void {
  if (range !== undefined && (start !== undefined || end !== undefined))
    throw invalidWindow('/range', 'not_together', 'not together with start or end')
  if (end !== undefined && start === undefined) throw invalidWindow('/start', 'required', 'required with end')
  if (format === 'columns') return
  if (member_id === 'all') throw invalidWindow('/member_id', 'not_together', 'all needs format=columns')
  if (include !== undefined) throw invalidWindow('/include', 'not_together', 'include needs format=columns')
}

const invalidWindow = (pointer: string, code: ItemCode, message: string): AppError =>
  invalidRequest([{ in: 'query', pointer, code, message }])

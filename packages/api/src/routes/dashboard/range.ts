import { AppError } from '@etcdmonitor/core/errors'
import type { Horizon } from '@etcdmonitor/core/metrics/slots/finest'
import type { MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import type { ApiDeps } from '../../deps.ts'
import { defineRoute } from '../../http/define-route.ts'
import { acceptsGzip } from '../../http/gzip.ts'
import { createRouter } from '../../http/router.ts'
import type { MemberBook } from '../../members/member-book.ts'
import { RangeAnswer } from '../../range/range-answer.ts'
import type { RangeAnswers } from '../../range/range-answers.ts'
import { RangeQuery } from '../../range/range-query.ts'
import { toRangeRequest, toRequestKey, watchedMembers } from '../../range/range-request.ts'
import { matchesTag, weakTag } from '../../range/weak-tag.ts'

const getRange = defineRoute({
  method: 'get',
  path: '/',
  summary: 'History of metrics in equal slots',
  rules: {
    auth: 'session',
    deadline: 10_000,
    late: 'storage_unavailable',
    missing: 'metrics parameter required',
    errors: [
      'range_too_large',
      'too_many_metrics',
      'too_many_points',
      'member_not_found',
      'storage_unavailable',
      'overloaded',
    ],
  },
  request: { query: RangeQuery },
  answer: RangeAnswer,
  others: { 304: null },
})

/** `/api/range` (api.md 5.3). */
export function rangeRoutes(
  { metrics, clock, settings }: Pick<ApiDeps, 'metrics' | 'clock' | 'settings'>,
  { book, answers }: { readonly book: MemberBook; readonly answers: RangeAnswers },
) {
  const { interval } = settings
  return createRouter().openapi(getRange, async (c) => {
    const [membership, { horizon, storeError }] = await Promise.all([book.read(), readHorizon(metrics, book)])
    const facts = { membership, horizon, limits: metrics.limits, interval, now: clock.now() }
    const request = toRangeRequest(c.req.valid('query'), facts)
    if (storeError) throw storeError
    const key = toRequestKey(request, await metrics.watermark(watchedMembers(request)))
    const tag = weakTag(key)
    c.header('etag', tag)
    c.header('cache-control', 'private, no-cache')
    c.header('vary', 'accept-encoding')
    if (matchesTag(c.req.header('if-none-match'), tag)) return c.body(null, 304)
    const wantsGzip = acceptsGzip(c.req.header('accept-encoding'))
    const { body, gzip } = await answers.get(key, request, wantsGzip, c.var.signal)
    if (gzip) c.header('content-encoding', 'gzip')
    c.header('content-type', 'application/json; charset=utf-8')
    return c.body(gzip ?? body, 200)
  })
}

/** A store that does not answer is told after what is wrong with the query (api.md 1.2). */
async function readHorizon(
  metrics: Pick<MetricsReader, 'horizon'>,
  book: MemberBook,
): Promise<{ readonly horizon?: Horizon; readonly storeError?: AppError }> {
  try {
    return { horizon: await metrics.horizon({ clusterId: await book.clusterId() }) }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { storeError: error }
  }
}

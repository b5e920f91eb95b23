import type { ApiDeps } from '../deps.ts'
import { defineRoute } from '../http/define-route.ts'
import { acceptsGzip } from '../http/gzip.ts'
import { createRouter } from '../http/router.ts'
import { createMemberBook } from '../members/member-book.ts'
import { RangeAnswer } from '../range/range-answer.ts'
import type { RangeAnswers } from '../range/range-answers.ts'
import { RangeQuery } from '../range/range-query.ts'
import { toRangeRequest, toRequestKey, watchedMembers } from '../range/range-request.ts'
import { matchesTag, weakTag } from '../range/weak-tag.ts'

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
  deps: Pick<ApiDeps, 'etcd' | 'metrics' | 'clock' | 'settings'>,
  answers: RangeAnswers,
) {
  const { metrics, clock, settings } = deps
  const { interval } = settings
  const book = createMemberBook(deps, interval)
  return createRouter().openapi(getRange, async (c) => {
    const membership = await book.read()
    const facts = { membership, limits: metrics.limits, interval, now: clock.now() }
    const request = toRangeRequest(c.req.valid('query'), facts)
    const key = toRequestKey(request, await metrics.watermark(watchedMembers(request)))
    const tag = await weakTag(key)
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

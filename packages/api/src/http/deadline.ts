import { AppError } from '@etcdmonitor/core/errors'
import type { MiddlewareHandler } from 'hono'
import type { ApiEnv } from './api-env.ts'
import type { RouteRules } from './define-route.ts'

/** Without a reason each request would make an error with its stack. */
const SETTLED = 'settled'

/** Gives the handler `c.var.signal`, and answers for it when it is not ready in time. */
export const withDeadline =
  ({
    deadline,
    late = 'auth_store_unavailable',
  }: Pick<RouteRules, 'deadline' | 'late'>): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const settled = new AbortController()
    const ended = new AbortController()
    const client = c.req.raw.signal
    const leave = () => ended.abort(new AppError('request_timeout', 'the client left before the answer'))
    if (client.aborted) leave()
    else client.addEventListener('abort', leave, { once: true, signal: settled.signal })
    c.set('signal', ended.signal)

    const overrun = c.var.frame.clock.sleep(deadline, settled.signal)
    const answered = next().finally(() => settled.abort(SETTLED))
    await Promise.race([answered, overrun])
    if (settled.signal.aborted) return answered
    settled.abort(SETTLED)
    const error = new AppError(late, `no answer within ${deadline / 1_000} s`)
    ended.abort(error)
    answered.catch(() => undefined) // Hono's compose has turned its error into an answer that nobody reads
    throw error
  }

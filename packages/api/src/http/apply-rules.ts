import { AppError } from '@etcdmonitor/core/errors'
import type { MiddlewareHandler } from 'hono'
import type { ApiEnv } from './api-env.ts'
import type { RouteRules } from './define-route.ts'

/** First middleware of every route. */
export const applyRules =
  ({ auth, missing, whileDraining, withoutHead, allow }: RouteRules): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    // The frame asks for sessions by path. One that a public route shares must not be open by mistake.
    if (auth === 'session' && !c.get('session'))
      throw new Error('a route with a session was reached without one')
    if (withoutHead && c.req.method === 'HEAD')
      throw new AppError('method_not_allowed', 'this route takes GET', { details: { allow: 'GET' } })
    c.set('missing', missing)
    await allow?.(c)
    if (!whileDraining && c.var.frame.isDraining())
      throw new AppError('shutting_down', 'this process is stopping')
    await next()
  }

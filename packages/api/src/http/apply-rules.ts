import { AppError } from '@etcdmonitor/core/errors'
import type { MiddlewareHandler } from 'hono'
import type { ApiEnv } from './api-env.ts'
import type { RouteRules } from './define-route.ts'

/** First middleware of every route. */
export const applyRules =
  ({ missing, whileDraining }: Pick<RouteRules, 'missing' | 'whileDraining'>): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    c.set('missing', missing)
    if (!whileDraining && c.var.frame.isDraining())
      throw new AppError('shutting_down', 'this process is stopping')
    await next()
  }

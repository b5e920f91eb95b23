import { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiEnv } from './api-env.ts'
import { refuse } from './validation-items.ts'

/** An empty router; routes are defined by `defineRoute` and mounted by a line in `app.ts`. Paths are matched as sent, undecoded. */
export const createRouter = (): OpenAPIHono<ApiEnv> =>
  new OpenAPIHono<ApiEnv>({
    getPath: rawPath,
    defaultHook: (result, c) => {
      if (result.success) return
      const { data } = result as { readonly data?: unknown } // the validator gives it for failures, too
      const place = result.target === 'json' ? 'body' : 'query'
      throw refuse(place, result.error.issues, data, c.get('missing'))
    },
  })

/** As the URL parser left it. Hono's own decodes, so that `/api/%73tatus` would be a second name of a route. */
export function rawPath({ url }: { readonly url: string }): string {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const path = start < 0 ? '/' : url.slice(start)
  return path.slice(0, path.search(/[?#]|$/))
}

import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiEnv } from './api-env.ts'

export interface RouteTable {
  /** A path that answers without a session. Unknown paths are none. */
  isPublic(path: string): boolean
  /** Value of `Allow` for a path that has routes. */
  allow(path: string): string | undefined
}

/** The routes of an application whose routers are all mounted, as their definitions say. */
export function routeTable(app: OpenAPIHono<ApiEnv>): RouteTable {
  const publicPaths = new Set<string>()
  const methods = new Map<string, string[]>()
  const patterns = new Map<string, RegExp>()
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue
    const { path, method, security = [], 'x-without-head': withoutHead } = definition.route
    if (security.length === 0) publicPaths.add(path)
    if (path.includes('{')) patterns.set(path, new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`))
    methods.set(path, [
      ...(methods.get(path) ?? []),
      method.toUpperCase(),
      ...(method === 'get' && !withoutHead ? ['HEAD'] : []),
    ])
  }
  const findPath = (path: string) =>
    methods.has(path) ? path : [...patterns].find(([, pattern]) => pattern.test(path))?.[0]
  return {
    isPublic: (path) => publicPaths.has(path),
    allow: (path) => methods.get(findPath(path) ?? '')?.join(', '),
  }
}

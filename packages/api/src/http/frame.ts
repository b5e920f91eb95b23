import { AppError } from '@etcdmonitor/core/errors'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { RandomBytes } from '@etcdmonitor/core/time'
import { makeUlid } from '@etcdmonitor/core/ulid'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { ApiEnv, FrameFacts } from './api-env.ts'
import { checkHead } from './check-head.ts'
import type { ClientAddress } from './client-address.ts'
import { createFailureLog, type FailureLog } from './failure-log.ts'
import { gzipAnswers } from './gzip.ts'
import { toProblem } from './problem.ts'
import type { RouteTable } from './route-table.ts'
import { isApiPath, setSecurityHeaders } from './security-headers.ts'

/** Static files and pages. `undefined`: there is no such file. Sees GET and HEAD outside `/api` alone. */
export type Pages = (request: Request) => Response | undefined

export interface Frame extends FrameFacts {
  readonly log: Log
  readonly random: RandomBytes
  readonly allowedHosts: readonly string[]
  readonly clientAddress: ClientAddress
  /** We speak HTTPS ourselves. */
  readonly isTls: boolean
  readonly pages: Pages
  /** Called at the first request, when all routes are there. */
  readonly routes: () => RouteTable
  /** @throws AppError `unauthenticated`, `auth_store_unavailable` */
  readonly authenticate: (authorization: string | undefined) => Promise<ApiEnv['Variables']['session']>
  /** The session that a ticket belongs to; in the address of a download alone. @throws as `authenticate`, and AppError `rate_limited` */
  readonly authenticateTicket: (ticket: string, address: string) => Promise<ApiEnv['Variables']['session']>
}

/** Puts the frame around the routes that are mounted on `app` afterwards: rows 2 to 6 of `api.md` 1.2, headers, errors, one log line. */
export function addFrame(app: OpenAPIHono<ApiEnv>, frame: Frame): void {
  const logFailure = createFailureLog(frame)
  app.use(async (c, next) => {
    const begun = frame.clock.monotonic()
    c.set('frame', frame)
    c.set('address', frame.clientAddress(c.env.peer, c.req.header('x-forwarded-for')))
    c.set('requestId', makeUlid(frame.clock.now(), frame.random))
    await next()
    c.res.headers.set('X-Request-Id', c.var.requestId)
    setSecurityHeaders(c.res.headers, c.req.path, frame.isTls)
    logRequest(frame, c, frame.clock.monotonic() - begun)
  })
  app.use('/api/*', gzipAnswers)
  app.use(async (c, next) => {
    checkHead(c, frame.allowedHosts)
    await next()
  })
  app.use('/api/*', async (c, next) => {
    if (!frame.routes().isPublic(c.req.path)) c.set('session', await admit(frame, c))
    await next()
  })
  app.notFound((c) => answerWithout(frame, c))
  app.onError((error, c) => answerError(logFailure, c, error))
}

/** The one route that takes a ticket instead of a session: a browser that navigates sends no header. */
const WITH_TICKET = '/api/ops/snapshot'

function admit(frame: Frame, c: Context<ApiEnv>): Promise<ApiEnv['Variables']['session']> {
  const { method, path, url } = c.req
  const ticket = method === 'GET' && path === WITH_TICKET ? new URL(url).searchParams.get('ticket') : null
  return ticket
    ? frame.authenticateTicket(ticket, c.var.address)
    : frame.authenticate(c.req.header('authorization'))
}

/** No route has this method and path. */
function answerWithout({ routes, pages }: Frame, c: Context<ApiEnv>): Response {
  const { method, path } = c.req
  const allow = routes().allow(path)
  if (allow !== undefined)
    throw new AppError('method_not_allowed', `this route takes ${allow}`, { details: { allow } })
  const page = !isApiPath(path) && (method === 'GET' || method === 'HEAD') ? pages(c.req.raw) : undefined
  if (page) return page
  throw new AppError('not_found', 'there is nothing at this path')
}

function answerError(logFailure: FailureLog, c: Context<ApiEnv>, error: unknown): Response {
  const { requestId } = c.var
  const { status, headers, body } = toProblem(error, requestId)
  c.set('code', body.code)
  logFailure({ error, status, requestId })
  return new Response(JSON.stringify(body), { status, headers: new Headers(headers) })
}

function logRequest({ log }: Frame, c: Context<ApiEnv>, duration: number): void {
  const isProbe = c.req.path === '/healthz' || c.req.path === '/readyz'
  // probes come every few seconds for ever
  log[isProbe && c.res.status === 200 ? 'debug' : 'info']('request', {
    request_id: c.var.requestId,
    method: c.req.method,
    path: c.req.path, // without the query: it may name keys
    status: c.res.status,
    ...(c.var.code !== undefined && { code: c.var.code }),
    duration_ms: Math.round(duration),
    address: c.var.address,
  })
}

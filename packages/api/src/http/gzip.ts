import type { MiddlewareHandler } from 'hono'
import type { ApiEnv } from './api-env.ts'

/** Compresses beside the event loop. */
export type Gzip = (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>

/** Compresses a stream beside the event loop; what breaks the one side breaks the other. */
export type GzipStream = () => ReadableWritablePair<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>

const MIN_BYTES = 1_024

export const acceptsGzip = (acceptEncoding: string | undefined): boolean =>
  (acceptEncoding ?? '')
    .split(',')
    .some((part) => /^\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*$)|$)/i.test(part))

/** Compresses JSON of 1 KiB and more, streams as they come, of HEAD too, whose headers are those of GET. Nothing with a token in it: its length would leak beside what a client can choose. */
export const gzipAnswers: MiddlewareHandler<ApiEnv> = async (c, next) => {
  await next()
  const { headers, status } = c.res
  const isRead = c.req.method === 'GET' || c.req.method === 'HEAD'
  if (!isRead || status !== 200 || c.req.path.startsWith('/api/auth/')) return
  if (headers.has('content-encoding') || !headers.get('content-type')?.startsWith('application/json')) return
  const { body } = c.res // the host sends bytes as they are until somebody has looked at them as a stream
  if (!body) return
  const answerOf = (content: BodyInit) => {
    const answer = new Response(content, { status, headers })
    answer.headers.set('vary', 'accept-encoding')
    c.res = undefined // else Hono merges the old headers into the new answer
    c.res = answer
  }
  if (headers.get('x-accel-buffering') === 'no') {
    if (!acceptsGzip(c.req.header('accept-encoding'))) return
    answerOf(body.pipeThrough(c.var.frame.gzipStream()))
    c.res.headers.set('content-encoding', 'gzip')
    return
  }
  const bytes = new Uint8Array(await c.res.arrayBuffer())
  const isWorthIt = bytes.byteLength >= MIN_BYTES && acceptsGzip(c.req.header('accept-encoding'))
  answerOf(isWorthIt ? await c.var.frame.gzip(bytes) : bytes)
  if (isWorthIt) c.res.headers.set('content-encoding', 'gzip')
}

import { AppError } from '@etcdmonitor/core/errors'
import type { z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type { ApiEnv } from './api-env.ts'
import { invalidRequest, quoted, toItem, type ValidationItem } from './validation-items.ts'

const MAX_PARAMETERS = 32

/** Refuses what cannot be read and what the route does not know; leaves it the parameters that have a value. */
export const readQuery =
  (schema: z.ZodObject | undefined): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const url = new URL(c.req.url)
    const given = parseQuery(url.search.slice(1))
    const unknown = [...given.keys()].filter((name) => !(schema && Object.hasOwn(schema.shape, name)))
    if (unknown.length > 0) throw invalidRequest(unknown.map(unknownParameter))
    if (schema) {
      url.search = new URLSearchParams([...given].filter(([, value]) => value !== '')).toString()
      if (url.href !== c.req.url) c.req.raw = withoutBody(url, c.req.raw)
    }
    await next()
  }

/** The body was read before: a request that has one cannot be made from it again. */
const withoutBody = (url: URL, { method, headers, signal }: Request): Request =>
  new Request(url, { method, headers, signal })

/**
 * Names and values in order; names that begin with `_` are left out (caches are broken with them).
 * @throws AppError `malformed_request`
 */
function parseQuery(text: string): ReadonlyMap<string, string> {
  const pieces = text.split('&').filter((piece) => piece !== '')
  if (pieces.length > MAX_PARAMETERS)
    throw new AppError('malformed_request', `more than ${MAX_PARAMETERS} query parameters`)
  const values = new Map<string, string>()
  for (const piece of pieces) {
    const end = piece.indexOf('=')
    const name = decode(end < 0 ? piece : piece.slice(0, end))
    if (name.startsWith('_')) continue
    if (values.has(name))
      throw new AppError('malformed_request', `query parameter ${quoted(name)} is given twice`)
    values.set(name, end < 0 ? '' : decode(piece.slice(end + 1)))
  }
  return values
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (cause) {
    throw new AppError('malformed_request', `the query cannot be decoded: ${quoted(text)}`, { cause })
  }
}

const unknownParameter = (name: string): ValidationItem =>
  toItem('query', [name.slice(0, 64)], 'unknown_parameter')

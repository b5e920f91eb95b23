import { AppError } from '@etcdmonitor/core/errors'
import type { Clock } from '@etcdmonitor/core/time'
import type { Context, MiddlewareHandler } from 'hono'
import type { ApiEnv } from './api-env.ts'
import { findLoneSurrogate } from './lone-surrogate.ts'
import { scanJson } from './scan-json.ts'
import { invalidRequest, toItem } from './validation-items.ts'

const MAX_BODY = 65_536
const MAX_WAIT = 15_000
const JSON_TYPE = /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i

/** The body as strict JSON (`api.md` 1.5) for the validator that follows. */
export const readJsonBody =
  (maxBytes = MAX_BODY): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    checkType(c)
    const text = decode(await readBytes(c, maxBytes))
    const path = findLoneSurrogate(text, scanJson(text))
    if (path !== undefined) throw invalidRequest([toItem('body', path, 'lone_surrogate')])
    c.req.bodyCache.text = cached(text)
    await next()
  }

// What c.req.json() of Hono's validator reads; the field is declared as what it resolves to.
const cached = (text: string) => Promise.resolve(text) as unknown as string

/** Routes without a body take one of up to 64 KiB, whatever it is, and do not look at it. */
export const ignoreBody: MiddlewareHandler<ApiEnv> = async (c, next) => {
  await readBytes(c, MAX_BODY)
  await next()
}

function checkType(c: Context<ApiEnv>): void {
  const type = c.req.header('content-type') ?? ''
  if (!JSON_TYPE.test(type))
    throw new AppError('unsupported_media_type', 'the body must be application/json, in UTF-8')
  const encoding = c.req.header('content-encoding') ?? 'identity'
  if (encoding.toLowerCase() !== 'identity')
    throw new AppError('unsupported_media_type', 'the body must not be compressed')
}

async function readBytes(c: Context<ApiEnv>, maxBytes: number): Promise<Uint8Array> {
  const declared = c.req.header('content-length')
  if (Number(declared ?? 0) > maxBytes) throw tooLarge(maxBytes)
  if (declared !== undefined) return withinTime(c, readWhole(c.req.raw, maxBytes))
  const reader = c.req.raw.body?.getReader()
  if (!reader) return new Uint8Array()
  try {
    return await withinTime(c, collect(reader, maxBytes))
  } catch (error) {
    reader.cancel().catch(() => undefined) // the answer says why; the connection ends after it
    throw error
  }
}

async function withinTime<T>({ var: { frame } }: Context<ApiEnv>, work: Promise<T>): Promise<T> {
  const finished = new AbortController()
  try {
    return await Promise.race([work, expire(frame.clock, finished.signal)])
  } finally {
    finished.abort('finished') // without a reason an error is made for each request, with its stack
  }
}

/**
 * Node keeps to a length that was declared, so nothing has to be counted as it comes. A stream would outlive its request until the next full
 * collection: undici registers what it belongs to for finalization, and collections of the young generation take that for a use.
 */
async function readWhole(request: Request, maxBytes: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(await request.arrayBuffer())
  if (bytes.byteLength > maxBytes) throw tooLarge(maxBytes) // another server than Node's
  return bytes
}

async function collect(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    size += piece.value.byteLength
    if (size > maxBytes) throw tooLarge(maxBytes)
    chunks.push(piece.value)
  }
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return bytes
}

async function expire(clock: Clock, finished: AbortSignal): Promise<never> {
  await clock.sleep(MAX_WAIT, finished)
  if (finished.aborted) return new Promise(() => undefined) // nobody listens: an error would be made for each request, with its stack
  throw new AppError('request_timeout', `the body did not arrive within ${MAX_WAIT / 1_000} s`)
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new AppError('malformed_json', 'the body is not UTF-8', {
      cause,
      details: { reason: 'invalid_utf8' },
    })
  }
}

const tooLarge = (maxBytes: number): AppError =>
  new AppError('payload_too_large', `the body is larger than ${maxBytes} bytes`, {
    details: { limit: 'body', max_bytes: maxBytes },
  })

import { checkAnswer, type Shape } from './check-answer.ts'
import { badAnswer, networkProblem, Problem, toProblem } from './problem.ts'

const READ_TIMEOUT = 15_000

export interface ClientDeps {
  /** Path of the application, with a slash at both ends: a proxy may have put it below a prefix. */
  readonly base: string
  readonly fetch: typeof fetch
  readonly token: () => string | undefined
  /** A request with `token` was answered 401: that session is over. */
  readonly onUnauthenticated: (token: string) => void
}

export interface Request<T> {
  readonly shape: Shape<T>
  readonly signal?: AbortSignal
  /** Called before the body comes. */
  readonly onHeaders?: (headers: Headers) => void
  /** ms after which it counts as not answered, `Infinity` for never; 15 s when absent. */
  readonly timeout?: number
}

export type Query = Readonly<Record<string, string | undefined>>

export interface Download {
  readonly signal: AbortSignal
  readonly onBytes: (count: number) => void
}

/** Asks the API. Throws a `Problem`, or the abort's reason when `signal` aborts; never retries. */
export interface Client {
  /** `path` below `/api/`, or beside it when it begins with a slash; parameters that are undefined are left out. */
  get<T>(path: string, query: Query, request: Request<T>): Promise<T>
  post<T>(path: string, body: unknown, request: Request<T>): Promise<T>
  put<T>(path: string, body: unknown, request: Request<T>): Promise<T>
  /** A file, however long it takes; `onBytes` is told how much has come. Throws a `Problem` `network` when it breaks off. */
  download(path: string, query: Query, request: Download): Promise<Blob>
}

/** The only place that makes requests. */
export function createClient(deps: ClientDeps): Client {
  const send = <T>(method: string, path: string, body: unknown, request: Request<T>) =>
    ask(deps, path, { method, body: JSON.stringify(body) }, request)
  return {
    get: (path, query, request) => ask(deps, `${path}${printQuery(query)}`, { method: 'GET' }, request),
    post: (path, body, request) => send('POST', path, body, request),
    put: (path, body, request) => send('PUT', path, body, request),
    download: (path, query, request) => download(deps, `${path}${printQuery(query)}`, request),
  }
}

async function ask<T>(deps: ClientDeps, path: string, init: RequestInit, request: Request<T>): Promise<T> {
  const token = deps.token()
  const response = await send(deps, path, init, token, request)
  request.onHeaders?.(response.headers)
  const body = await readJson(response, request.signal)
  if (response.ok) return checkAnswer(response.status, body, request.shape)
  throw refused(deps, response, body, token)
}

async function download(deps: ClientDeps, path: string, { signal, onBytes }: Download): Promise<Blob> {
  const token = deps.token()
  const response = await send(deps, path, { method: 'GET' }, token, {
    signal,
    timeout: Number.POSITIVE_INFINITY,
  })
  if (!response.ok || !response.body) throw refused(deps, response, await readJson(response, signal), token)
  const parts: Uint8Array<ArrayBuffer>[] = []
  let count = 0
  try {
    const reader = response.body.getReader() // not every browser iterates over a stream
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
      if (!value) continue
      parts.push(value)
      count += value.byteLength
      onBytes(count)
    }
  } catch (error) {
    throw signal.aborted ? error : networkProblem(error)
  }
  return new Blob(parts, { type: response.headers.get('content-type') ?? '' })
}

function refused(deps: ClientDeps, response: Response, body: unknown, token: string | undefined): Problem {
  const problem = toProblem(response.status, response.headers, body)
  if (problem.code === 'unauthenticated' && token) deps.onUnauthenticated(token)
  return problem
}

async function send(
  { base, fetch }: Pick<ClientDeps, 'base' | 'fetch'>,
  path: string,
  init: RequestInit,
  token: string | undefined,
  { signal, timeout = READ_TIMEOUT }: Pick<Request<unknown>, 'signal' | 'timeout'>,
): Promise<Response> {
  const limits = [
    ...(signal ? [signal] : []),
    ...(Number.isFinite(timeout) ? [AbortSignal.timeout(timeout)] : []),
  ]
  try {
    return await fetch(`${base}${path.startsWith('/') ? path.slice(1) : `api/${path}`}`, {
      ...init,
      headers: {
        accept: 'application/json',
        ...(init.body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      signal: AbortSignal.any(limits),
      cache: 'default', // the browser answers ETag and 304 by itself
      credentials: 'omit',
      redirect: 'error',
    })
  } catch (error) {
    throw signal?.aborted ? error : networkProblem(error)
  }
}

/** Undefined when the body is no JSON: judged by its status. */
async function readJson(response: Response, signal: AbortSignal | undefined): Promise<unknown> {
  const text = await response.text().catch((error: unknown) => {
    throw signal?.aborted ? error : networkProblem(error)
  })
  try {
    return JSON.parse(text)
  } catch {
    if (response.ok) throw badAnswer(response.status, 'the answer is no JSON')
    return undefined
  }
}

function printQuery(query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}

export const isProblem = (error: unknown): error is Problem => error instanceof Problem

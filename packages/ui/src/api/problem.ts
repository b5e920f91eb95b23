import type { ErrorCode } from '@etcdmonitor/core/errors'

/** What went wrong with a request: a code of the API, no answer, or an answer that is not the API's. */
export type ProblemCode = ErrorCode | 'network' | 'bad_answer'

export interface ProblemItem {
  readonly pointer: string
  readonly code: string
  readonly message: string
}

export interface ProblemFields {
  readonly status: number
  /** Texts of the server: plain, at most 500 characters, `''` when there is none. */
  readonly title: string
  readonly detail: string
  /** `X-Request-Id`; `''` when the answer did not come from the API. */
  readonly requestId: string
  /** Seconds of `Retry-After`. */
  readonly retryAfter?: number
  /** With `weak_password`. */
  readonly reason?: string
  /** With `payload_too_large`: whose limit it is (`value`, `body`, `etcd`), and the bytes where they are known. */
  readonly limit?: string
  readonly maxBytes?: number
  /** With `outcome_unknown` of a put: the lease that was granted for it. */
  readonly leaseId?: string
  /** With `validation_failed`. */
  readonly items: readonly ProblemItem[]
  /** Everything that the server says beside the problem itself, such as `blockers`: unchecked. */
  readonly more: Readonly<Record<string, unknown>>
}

/** The one thing that the client throws, but for aborts. `code` may be one that this version does not know. */
export class Problem extends Error {
  override name = 'Problem'
  readonly code: ProblemCode | (string & {})
  readonly fields: ProblemFields

  constructor(code: Problem['code'], fields: ProblemFields, options?: ErrorOptions) {
    super(fields.detail || fields.title || code, options)
    this.code = code
    this.fields = fields
  }
}

const MAX_TEXT = 500

/** A request that nobody answered. */
export const networkProblem = (cause: unknown): Problem => new Problem('network', NO_FIELDS, { cause })

/** An answer that the API did not make: a proxy's page, a cut body, another program on the port. */
export const badAnswer = (status: number, detail: string): Problem =>
  new Problem('bad_answer', { ...NO_FIELDS, status, detail: cut(detail) })

/** `body` of a problem+json answer, whatever it holds. */
export function toProblem(status: number, headers: Headers, body: unknown): Problem {
  if (!isRecord(body) || typeof body.code !== 'string') return badAnswer(status, '')
  const retryAfter = Number.parseInt(headers.get('retry-after') ?? '', 10)
  return new Problem(body.code, {
    status,
    title: text(body.title),
    detail: text(body.detail),
    requestId: text(headers.get('x-request-id')),
    more: body,
    items: Array.isArray(body.errors) ? body.errors.filter(isRecord).slice(0, 20).map(toItem) : [],
    ...(retryAfter > 0 && { retryAfter }),
    ...(typeof body.reason === 'string' && { reason: cut(body.reason) }),
    ...(typeof body.limit === 'string' && { limit: cut(body.limit) }),
    ...(typeof body.max_bytes === 'number' && { maxBytes: body.max_bytes }),
    ...(typeof body.lease_id === 'string' && { leaseId: cut(body.lease_id) }),
  })
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const NO_FIELDS: ProblemFields = { status: 0, title: '', detail: '', requestId: '', items: [], more: {} }

const toItem = (item: Readonly<Record<string, unknown>>): ProblemItem => ({
  pointer: text(item.pointer),
  code: text(item.code),
  message: text(item.message),
})

const text = (value: unknown): string => (typeof value === 'string' ? cut(value) : '')
const cut = (value: string): string => value.slice(0, MAX_TEXT)

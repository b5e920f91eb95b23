/** Which entries of the audit log are wanted; absent: all (api.md 8.9). */
export interface AuditFilter {
  readonly operation?: string
  /** Exact. */
  readonly username?: string
  /** Part of target, params or result. */
  readonly q?: string
  readonly success?: boolean
  /** Unix seconds, half-open. */
  readonly from?: number
  readonly to?: number
}

const OPERATION = /^[a-z][a-z0-9_]{0,63}$/
const SECONDS = /^(0|[1-9][0-9]{0,10})$/
const MAX_NAME = 64
const MAX_TEXT = 128

export interface ParsedFilter {
  readonly filter: AuditFilter
  /** Values that could not be used, as `name=value`; they are left out. */
  readonly rejected: readonly string[]
}

/** Never fails: what is unknown is dropped, what is wrong is left out and named. */
export function parseOperationsUrl(search: string): ParsedFilter {
  const params = new URLSearchParams(search)
  const rejected: string[] = []
  const take = <K extends keyof AuditFilter>(
    name: K,
    parse: (text: string) => AuditFilter[K],
  ): { readonly [P in K]?: AuditFilter[K] } => {
    const text = params.get(name)
    if (text === null || text === '') return {}
    const value = parse(text)
    if (value === undefined) rejected.push(`${name}=${text.slice(0, MAX_NAME)}`)
    return value === undefined ? {} : ({ [name]: value } as { [P in K]: AuditFilter[K] }) // a computed key widens
  }
  const span = { ...take('from', parseSeconds), ...take('to', parseSeconds) }
  const isBackwards = span.from !== undefined && span.to !== undefined && span.from >= span.to
  if (isBackwards) rejected.push(`to=${span.to}`)
  const filter = {
    ...take('operation', (text) => (OPERATION.test(text) ? text : undefined)),
    ...take('username', (text) => within(text, MAX_NAME)),
    ...take('q', (text) => within(text, MAX_TEXT)),
    ...take('success', parseFlag),
    ...(isBackwards ? { from: span.from } : span),
  }
  return { filter: filter as AuditFilter, rejected }
}

/** In fixed order: equal filters have equal URLs. */
export function printOperationsUrl(filter: AuditFilter): string {
  const params = new URLSearchParams({ task: 'audit' })
  for (const [name, value] of Object.entries(toQuery(filter)))
    if (value !== undefined) params.set(name, value)
  return `?${params}`
}

/** As the API takes it. */
export const toQuery = ({ operation, username, q, success, from, to }: AuditFilter) => ({
  operation,
  username,
  q,
  success: success === undefined ? undefined : String(success),
  from: from === undefined ? undefined : String(from),
  to: to === undefined ? undefined : String(to),
})

const parseSeconds = (text: string): number | undefined => (SECONDS.test(text) ? Number(text) : undefined)
const within = (text: string, max: number): string | undefined => (text.length <= max ? text : undefined)

function parseFlag(text: string): boolean | undefined {
  if (text === 'true') return true
  return text === 'false' ? false : undefined
}

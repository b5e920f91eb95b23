import { parseWallTime, printWallTime, wallInstants } from '@etcdmonitor/core/format/wall-instants'
import type { Zone } from '@etcdmonitor/core/format/zoned-time'
import type { AuditFilter } from '../../url/operations-url.ts'

/** As the fields hold it; `''`: all. Times are those of the reader's zone. */
export interface TypedFilter {
  readonly operation: string
  readonly username: string
  readonly q: string
  readonly outcome: '' | 'true' | 'false'
  readonly from: string
  readonly to: string
}

export type TypedFault = { readonly field: 'from' | 'to'; readonly kind: 'time' | 'order' }

/** What was typed, or which field cannot be used and why. Of a time that the clocks show twice the first one. */
export function judgeTypedFilter(typed: TypedFilter, zone: Zone): AuditFilter | TypedFault {
  const from = readTime(typed.from, zone)
  const to = readTime(typed.to, zone)
  if (from === 'unusable') return { field: 'from', kind: 'time' }
  if (to === 'unusable') return { field: 'to', kind: 'time' }
  if (from !== undefined && to !== undefined && from >= to) return { field: 'to', kind: 'order' }
  return {
    ...(typed.operation !== '' && { operation: typed.operation }),
    ...(typed.username.trim() !== '' && { username: typed.username.trim() }),
    ...(typed.q !== '' && { q: typed.q }),
    ...(typed.outcome !== '' && { success: typed.outcome === 'true' }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  }
}

export const isFault = (judged: AuditFilter | TypedFault): judged is TypedFault => 'kind' in judged

/** The other way: what the fields hold for a filter of the URL. */
export function toTyped({ operation, username, q, success, from, to }: AuditFilter, zone: Zone): TypedFilter {
  const outcomes = { true: 'true', false: 'false' } as const
  return {
    operation: operation ?? '',
    username: username ?? '',
    q: q ?? '',
    outcome: success === undefined ? '' : outcomes[`${success}`],
    from: from === undefined ? '' : printWallTime(from * 1_000, zone),
    to: to === undefined ? '' : printWallTime(to * 1_000, zone),
  }
}

function readTime(text: string, zone: Zone): number | undefined | 'unusable' {
  if (text === '') return undefined
  const wall = parseWallTime(text)
  const [at] = wall ? wallInstants(wall, zone) : []
  return at === undefined ? 'unusable' : at / 1_000
}

import { DatabaseError } from 'pg'
import { unavailable } from '../sql/unavailable.ts'

/** Classes of SQLSTATE that say "not now" or "not on this server"; all others are bugs of ours. */
const AWAY: readonly (readonly [prefix: string, reason: string])[] = [
  ['08', 'broke the connection'],
  ['25006', 'is read-only'],
  ['25P03', 'ended a transaction that stood still'],
  ['28', 'refused our role'],
  ['3D', 'has no such database'],
  ['40', 'met too many conflicts'],
  ['42501', 'gives our role too few rights'],
  ['42P01', 'has lost its tables'], // dropped under us: migrations made them at the start
  ['53', 'is out of resources'],
  ['55P03', 'is busy'],
  ['57', 'was interrupted'],
  ['58', 'cannot be read or written'],
  ['XX', 'is damaged'],
]
const CONFLICTS = new Set(['40001', '40P01'])

export const sqlState = (error: unknown): string => (error instanceof DatabaseError ? (error.code ?? '') : '')

/** The transaction met another one and may run again (F62). */
export const isConflict = (error: unknown): boolean => CONFLICTS.has(sqlState(error))

/** The server ends the connection with it. */
export const isFatal = (error: unknown): boolean =>
  error instanceof DatabaseError && error.severity !== 'ERROR'

/** What the port promises for an error of the server; other errors as they are. */
export function toStateError(error: unknown): unknown {
  const [, reason] = AWAY.find(([prefix]) => sqlState(error).startsWith(prefix)) ?? []
  return reason === undefined ? error : unavailable(`the state store ${reason}`, error)
}

import { unavailable } from '../../sql/unavailable.ts'
import { resultCode } from '../result-code.ts'

/** Primary result codes of SQLite that say "not now" or "not on this disk"; all others are bugs of ours. */
const AWAY = new Map([
  [5, 'is busy'],
  [6, 'is busy'],
  [7, 'has no memory'],
  [8, 'is read-only'],
  [9, 'was interrupted'],
  [10, 'cannot be read or written'],
  [11, 'is damaged'],
  [13, 'is full'],
  [14, 'cannot be opened'],
  [15, 'is busy'],
  [26, 'is damaged'],
])

/** What the port promises for an error of the driver; other errors as they are. */
export function toStateError(error: unknown): unknown {
  const reason = AWAY.get(resultCode(error) ?? -1)
  return reason === undefined ? error : unavailable(`the state store ${reason}`, error)
}

import { dirname } from 'node:path'
import { unavailable } from '../../sql/unavailable.ts'
import { resultCode } from '../result-code.ts'

const BUSY = 'is busy'
const DAMAGED = 'is damaged'
const UNUSABLE = 'see to its disk and to the rights of the folder'

/** Primary result codes of SQLite that say "not now" or "not on this disk", and what to do where it is known; all others are bugs of ours. */
const AWAY: ReadonlyMap<number, readonly [reason: string, cure?: string]> = new Map([
  [5, [BUSY]],
  [6, [BUSY]],
  [7, ['has no memory']],
  [8, ['is read-only', UNUSABLE]],
  [9, ['was interrupted']],
  [10, ['cannot be read or written', 'see whether its disk is full, or fails']],
  [11, [DAMAGED, 'stop the API and restore the file from a backup']],
  [
    13,
    [
      'is full',
      'make room there: until then nobody signs in and nothing is changed, and what is stored can be read',
    ],
  ],
  [14, ['cannot be opened', UNUSABLE]],
  [15, [BUSY]],
  [26, [DAMAGED, 'stop the API and restore the file from a backup']],
])

/** What the port promises for an error of the driver; other errors as they are. Where the file lies is told to the log, as the cause. */
export function toStateError(error: unknown, file: string): unknown {
  const [reason, cure] = AWAY.get(resultCode(error) ?? -1) ?? []
  if (reason === undefined) return error
  const cause =
    cure === undefined ? error : new Error(`${file} in ${dirname(file)}: ${cure}`, { cause: error })
  return unavailable(`the state store ${reason}`, cause)
}

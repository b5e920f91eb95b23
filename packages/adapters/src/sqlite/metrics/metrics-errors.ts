import { AppError } from '@etcdmonitor/core/errors'
import { resultCode } from '../result-code.ts'

/** Primary result codes of SQLite that say "not now" or "not on this disk"; all others are bugs of ours. */
const REASONS = new Map([
  [5, 'is busy'],
  [6, 'is busy'],
  [7, 'has no memory'],
  [8, 'may not be written by this user'],
  [9, 'was interrupted'],
  [10, 'cannot be read or written'],
  [11, 'is damaged'],
  [13, 'is on a full disk'],
  [14, 'cannot be opened'],
  [15, 'is busy'],
  [26, 'is damaged'],
])

/** The disk, or what it was allowed to hold, is full. */
export const isDiskFull = (error: unknown): boolean => resultCode(error) === 13

/** What the port promises for an error of the driver; other errors as they are. */
export function toStorageError(error: unknown): unknown {
  if (error instanceof AppError) return error
  const reason = isClosedUnderUs(error) ? 'was replaced' : REASONS.get(resultCode(error) ?? -1)
  return reason === undefined ? error : storageUnavailable(`the metrics store ${reason}`, error)
}

/** Another file took the place of the one that a call was reading: its connection is closed. */
const isClosedUnderUs = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_STATE'

/** The writer must not give out what a damaged row may hold already. @throws AppError */
export function refuseDamaged(table: string): never {
  throw storageUnavailable('the metrics store is damaged', new Error(`a ${table} row has a wrong checksum`))
}

export const storageUnavailable = (message: string, cause?: unknown): AppError =>
  new AppError('storage_unavailable', message, { cause })

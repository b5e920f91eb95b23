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
  [13, 'is on a full disk'],
  [14, 'cannot be opened'],
  [15, 'is busy'],
])

/** The disk, or what it was allowed to hold, is full. */
export const isDiskFull = (error: unknown): boolean => resultCode(error) === 13

/** What the port promises for an error of the driver; other errors as they are. */
export function toStorageError(error: unknown): unknown {
  if (error instanceof AppError) return error
  if (isDamage(error)) return storageUnavailable('the metrics store is damaged', error)
  const reason = isClosedUnderUs(error) ? 'was replaced' : REASONS.get(resultCode(error) ?? -1)
  return reason === undefined ? error : storageUnavailable(`the metrics store ${reason}`, error)
}

/** Another file took the place of the one that a call was reading: its connection is closed. */
const isClosedUnderUs = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_STATE'

/** What the file says of itself is wrong. */
export class DamagedFile extends Error {
  override name = 'DamagedFile'
}

/** The writer must not give out what a damaged row may hold already. @throws an error that `isDamage` */
export function refuseDamaged(what: string): never {
  throw new DamagedFile(`a ${what} row has a wrong checksum`)
}

/** The file is no sound database of ours any more. */
export const isDamage = (error: unknown): boolean =>
  error instanceof DamagedFile || [11, 26].includes(resultCode(error) ?? -1)

export const storageUnavailable = (message: string, cause?: unknown): AppError =>
  new AppError('storage_unavailable', message, { cause })

import { toHex } from '@etcdmonitor/core/keys/bytes'
import { invalidRequest, toItem } from '../http/validation-items.ts'

/** Place in the list of entries with the other parameters that `query` says, for the next page on any process. */
export const toCursor = async (id: number, query: string): Promise<string> => `${id}-${await digestOf(query)}`

/** The place that `toCursor` was given. @throws AppError `validation_failed` for what is none, or of other parameters */
export async function parseCursor(cursor: string, query: string): Promise<number> {
  const [, id, of] = /^([1-9][0-9]{0,15})-([0-9a-f]{16})$/.exec(cursor) ?? []
  if (id === undefined || of !== (await digestOf(query)))
    throw invalidRequest([toItem('query', ['cursor'], 'invalid_cursor')])
  return Number(id)
}

export async function digestOf(text: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return toHex(hash.subarray(0, 8))
}

import { digestOf } from '../../audit/audit-cursor.ts'
import { invalidRequest, toItem } from '../../http/validation-items.ts'

/** Place in the list of runs behind `id`, with the other parameters that `query` says. */
export const toRunCursor = async (id: string, query: string): Promise<string> =>
  `${id}-${await digestOf(query)}`

/** @throws AppError `validation_failed` for what is none, or of other parameters */
export async function parseRunCursor(cursor: string, query: string): Promise<string> {
  const [, id, of] = /^([0-9A-HJKMNP-TV-Z]{26})-([0-9a-f]{16})$/.exec(cursor) ?? []
  if (id === undefined || of !== (await digestOf(query)))
    throw invalidRequest([toItem('query', ['cursor'], 'invalid_cursor')])
  return id
}

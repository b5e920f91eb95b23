import { fromBase64, toBase64 } from '@etcdmonitor/core/keys/base64'
import { concatBytes, toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { toText } from '@etcdmonitor/core/keys/show-key'
import { z } from '@hono/zod-openapi'
import type { KeyRing } from '../auth/key-ring.ts'
import { invalidRequest, toItem } from '../http/validation-items.ts'

const Place = z.strictObject({
  cluster: z.string(),
  /** Unix s since when the present data lies there. */
  epoch: z.int(),
  revision: z.string(),
  /** Base64: the position. */
  key: z.string(),
  /** Lengths of the prefixes of `key` that were given out before. */
  done: z.array(z.int()).optional(),
  /** Keys in all. */
  scope: z.int().optional(),
})
/** Where a list goes on, and in which data. */
export type CursorPlace = z.output<typeof Place>

const SIGNATURE = 32

/** `list`: the route and all that must be the same on the next page; it is signed with the place. */
export async function toCursor(place: CursorPlace, list: string, { cursorKeys }: KeyRing): Promise<string> {
  const payload = toUtf8(JSON.stringify(place))
  const [key] = cursorKeys
  if (!key) throw new RangeError('a key ring needs a key')
  const signature = await crypto.subtle.sign('HMAC', key, signedBytes(payload, list))
  return toBase64(concatBytes(new Uint8Array(signature), payload))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** @throws AppError `validation_failed` for what `toCursor` did not make of this list */
export async function parseCursor(
  cursor: string,
  list: string,
  { cursorKeys }: KeyRing,
): Promise<CursorPlace> {
  const padded = cursor
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .padEnd(Math.ceil(cursor.length / 4) * 4, '=')
  const bytes = /[+/=]/.test(cursor) ? undefined : fromBase64(padded)
  const payload = bytes?.slice(SIGNATURE)
  if (!bytes || !payload || payload.length === 0) throw invalidCursor()
  const signed = signedBytes(payload, list)
  const verified = await Promise.all(
    cursorKeys.map((key) => crypto.subtle.verify('HMAC', key, bytes.slice(0, SIGNATURE), signed)),
  )
  if (!verified.includes(true)) throw invalidCursor()
  return Place.parse(JSON.parse(toText(payload) ?? ''))
}

export const invalidCursor = () => invalidRequest([toItem('query', ['cursor'], 'invalid_cursor')])

const signedBytes = (payload: Uint8Array, list: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(concatBytes(toUtf8(`${list}\n`), payload))

import type { Revision } from '@etcdmonitor/core/etcd/member'
import { fromBase64, toBase64 } from '@etcdmonitor/core/keys/base64'
import type { KeyRing } from '../auth/key-ring.ts'
import type { DataEpoch } from './data-epoch.ts'
import { type CursorPlace, invalidCursor, parseCursor, toCursor } from './key-cursor.ts'

/** Where a page of a list begins. */
export interface ListPlace {
  /** Absent: the current one. */
  readonly revision?: Revision | undefined
  /** Absent: the first page. */
  readonly key?: Uint8Array
  readonly done: readonly number[]
  readonly scope?: number | undefined
}

export interface AskedPage {
  readonly cursor?: string | undefined
  readonly revision?: Revision | undefined
  /** The route, and all that must be the same on each page. */
  readonly list: string
  readonly epoch: DataEpoch
}

/** @throws AppError `validation_failed` for a cursor of another list, of other data, or of another revision than is asked for */
export async function openPlace(
  { cursor, revision, list, epoch }: AskedPage,
  keys: KeyRing,
): Promise<ListPlace> {
  if (cursor === undefined) return { revision, done: [] }
  const place = await parseCursor(cursor, list, keys)
  const isOfData = place.cluster === epoch.cluster && place.epoch === epoch.since
  const key = fromBase64(place.key)
  if (!isOfData || !key || (revision !== undefined && revision !== place.revision)) throw invalidCursor()
  return { revision: place.revision, key, done: place.done ?? [], scope: place.scope }
}

export interface NextPlace extends Pick<CursorPlace, 'done' | 'scope' | 'revision'> {
  readonly key: Uint8Array
}

/** The cursor of the page that begins there; null when there is none. */
export async function closePlace(
  next: NextPlace | undefined,
  { list, epoch }: Pick<AskedPage, 'list' | 'epoch'>,
  keys: KeyRing,
): Promise<string | null> {
  if (!next) return null
  const { key, ...rest } = next
  return toCursor({ cluster: epoch.cluster, epoch: epoch.since, ...rest, key: toBase64(key) }, list, keys)
}

/** Bytes as a part of what names a list. */
export const listOf = (...parts: readonly (string | Uint8Array | boolean | undefined)[]): string =>
  JSON.stringify(parts.map((part) => (part instanceof Uint8Array ? toBase64(part) : (part ?? null))))

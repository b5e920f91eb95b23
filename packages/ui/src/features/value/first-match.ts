import { indexOfBytes, toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { toLower } from '@etcdmonitor/core/keys/match-bytes'
import { toText } from '@etcdmonitor/core/keys/show-key'
import type { TextRange } from '../editor/TextEditor.tsx'

/** What was searched for in values. */
export interface ValueSearch {
  readonly q: string
  readonly isCased: boolean
}

/** Bytes from `from` until before `to`. */
export interface ByteRange {
  readonly from: number
  readonly to: number
}

/** Where bytes first hold it, compared as the API does: in bytes, without the case of ASCII letters alone. */
export function firstMatch(bytes: Uint8Array, { q, isCased }: ValueSearch): ByteRange | undefined {
  const part = toUtf8(q)
  if (part.length === 0) return undefined
  const from = isCased ? indexOfBytes(bytes, part) : indexOfBytes(bytes.map(toLower), part.map(toLower))
  return from < 0 ? undefined : { from, to: from + part.length }
}

/** The same part in the text that the bytes are; undefined: they are none, or there is no such part. */
export function textRange(bytes: Uint8Array, range: ByteRange | undefined): TextRange | undefined {
  if (!range) return undefined
  const before = toText(bytes.subarray(0, range.from))
  const inside = toText(bytes.subarray(range.from, range.to))
  if (before === undefined || inside === undefined) return undefined
  return { from: before.length, to: before.length + inside.length }
}

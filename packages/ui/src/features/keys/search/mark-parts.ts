import { indexOfBytes, toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { toLower } from '@etcdmonitor/core/keys/match-bytes'
import { showUnsafe } from '../key-name.ts'

export interface NamePart {
  readonly text: string
  readonly isHit: boolean
}

/** Marks beyond are left out: a name of 8,192 equal characters is one of them. */
const MAX_MARKS = 20

/** A key for people, in parts: those that hold what was searched, matched as the API does, on bytes and in ASCII case. */
export function markParts(key: Uint8Array, q: string, isCased: boolean): readonly NamePart[] {
  const part = toUtf8(q)
  if (part.length === 0) return [{ text: showUnsafe(key), isHit: false }]
  const [where, what] = isCased ? [key, part] : [key.map(toLower), part.map(toLower)]
  const parts: NamePart[] = []
  const add = (from: number, to: number, isHit: boolean) => {
    if (to > from) parts.push({ text: showUnsafe(key.subarray(from, to)), isHit })
  }
  let shown = 0
  for (
    let at = indexOfBytes(where, what);
    at >= 0 && parts.length < 2 * MAX_MARKS;
    at = indexOfBytes(where, what, shown)
  ) {
    add(shown, at, false)
    add(at, at + part.length, true)
    shown = at + part.length
  }
  add(shown, key.length, false)
  return parts
}

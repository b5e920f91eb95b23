import fc from 'fast-check'
import { compareBytes, concatBytes, indexOfBytes, startsWith, toUtf8 } from './bytes.ts'
import type { KeyEntry } from './key-entry.ts'

/** Keys that lie close together: few bytes, among them those below and above the separator. */
export const SEPARATORS = ['/', '::', 'aa', 'ba'] as const

export const toEntry = (key: Uint8Array, index = 0): KeyEntry => ({
  key,
  createRevision: String(index + 1),
  modRevision: String(index + 1),
  keyVersion: '1',
})

const part = fc.constantFrom('a', 'b', '-', '/', '/', ':', '::', '0', '\u0000', '\u00ff', 'aa')

/** Sorted, each once, none empty. */
export const keyspace = fc
  .array(fc.array(part, { minLength: 1, maxLength: 7 }), { maxLength: 40 })
  .map((parts) => [...new Set(parts.map((some) => some.join('')))])
  .map((texts) =>
    texts.map((text) => Uint8Array.from(text, (one) => one.charCodeAt(0))).toSorted(compareBytes),
  )

/** What a child is, by sorting and splitting all keys. */
export interface SplitChild {
  readonly id: Uint8Array
  readonly isKey: boolean
  readonly count: number
}

/** Children of a directory in their order, by looking at every key. */
export function splitLevel(
  keys: readonly Uint8Array[],
  prefix: Uint8Array,
  separatorText: string,
): readonly SplitChild[] {
  const separator = toUtf8(separatorText)
  const found = new Map<string, { id: Uint8Array; isKey: boolean; count: number }>()
  for (const key of keys.filter((one) => startsWith(one, prefix))) {
    const isHidden = prefix.length === 0 && startsWith(key, separator)
    const at = indexOfBytes(key, separator, prefix.length + (isHidden ? separator.length : 0))
    const id = at < 0 ? key : key.subarray(0, at)
    const child = found.get(id.join()) ?? { id, isKey: false, count: 0 }
    if (at < 0) child.isKey = true
    else child.count += 1
    found.set(id.join(), child)
  }
  const place = ({ id, isKey }: SplitChild) => (isKey ? id : concatBytes(id, separator))
  return [...found.values()].toSorted((a, b) => compareBytes(place(a), place(b)))
}

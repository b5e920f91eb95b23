import { indexOfBytes, startsWith } from './bytes.ts'

/** The child of a directory that a key lies in, or is. */
export interface Child {
  /** The child's own key is the first so many bytes. */
  readonly end: number
  /** False: the key itself is the child. */
  readonly isDirectory: boolean
}

/**
 * `prefixLength`: of the directory's prefix, with which the key begins; 0 is the root, where a separator in front belongs to the
 * name (api.md 6.1).
 */
export function childOf(key: Uint8Array, prefixLength: number, separator: Uint8Array): Child {
  const inRoot = startsWith(key, separator) ? separator.length : 0
  const end = indexOfBytes(key, separator, prefixLength > 0 ? prefixLength : inRoot)
  return end < 0 ? { end: key.length, isDirectory: false } : { end, isDirectory: true }
}

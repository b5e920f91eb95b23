import { concatBytes, startsWith, toUtf8 } from '@etcdmonitor/core/keys/bytes'

/** What a text in the find box may mean. */
export interface FindChoice {
  readonly act: 'open' | 'browse' | 'list' | 'search'
  /** What is opened, browsed from, or searched for. */
  readonly target: Uint8Array
}

const endsWith = (bytes: Uint8Array, end: Uint8Array) =>
  bytes.length >= end.length && startsWith(bytes.subarray(bytes.length - end.length), end)

/**
 * The likeliest first: what begins with the separator is a key that was pasted, anything else is looked for, and where keys are
 * looked for that comes first in any case.
 */
export function findChoices(
  text: string,
  separator: Uint8Array,
  isSearching: boolean,
): readonly FindChoice[] {
  if (text === '') return []
  const bytes = toUtf8(text)
  const directory = endsWith(bytes, separator) ? bytes : concatBytes(bytes, separator)
  const search: FindChoice = { act: 'search', target: bytes }
  const keys: readonly FindChoice[] = [
    { act: 'open', target: bytes },
    { act: 'browse', target: directory },
    { act: 'list', target: bytes },
  ]
  return startsWith(bytes, separator) && !isSearching ? [...keys, search] : [search, ...keys]
}

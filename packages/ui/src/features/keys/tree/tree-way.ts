import { startsWith } from '@etcdmonitor/core/keys/bytes'
import { ancestorsOf, identityOf, prefixBelow } from '../key-name.ts'

/**
 * Identities of the directories on the way from the root of a tree to a key, the outermost first, and of the key itself; none: it
 * does not lie in that tree. `prefix` is what the keys of the tree begin with.
 */
export function wayTo(key: Uint8Array, prefix: Uint8Array, separator: Uint8Array): readonly string[] {
  if (key.length === 0 || !startsWith(key, prefix)) return []
  const inside = ancestorsOf(key, separator).filter(
    (directory) => prefixBelow(directory, separator).length > prefix.length,
  )
  return [...inside, key].map(identityOf)
}

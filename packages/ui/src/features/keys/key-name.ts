import { showUnsafeText } from '@etcdmonitor/core/format/show-unsafe-text'
import { fromBase64, toBase64 } from '@etcdmonitor/core/keys/base64'
import { concatBytes, indexOfBytes, startsWith, toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { showBytes, toText } from '@etcdmonitor/core/keys/show-key'

/** How the API names a key: by its text, or by its bytes where they are no UTF-8. */
export interface NamedKey {
  readonly key: string
  readonly key_b64?: string | undefined
}

export const bytesOf = ({ key, key_b64: base64 }: NamedKey): Uint8Array =>
  (base64 === undefined ? undefined : fromBase64(base64)) ?? toUtf8(key)

/** `identityOf` of what the API named; its base64 is the same standard form. */
export const identityOfNamed = ({ key, key_b64: base64 }: NamedKey): string =>
  base64 === undefined ? `t${key}` : `b${base64}`

/** One text for each key, for maps: no text is the same as one of bytes. */
export const identityOf = (key: Uint8Array): string => {
  const text = toText(key)
  return text === undefined ? `b${toBase64(key)}` : `t${text}`
}

/** The key that has this identity. */
export const bytesOfIdentity = (id: string): Uint8Array =>
  (id.startsWith('b') ? fromBase64(id.slice(1)) : undefined) ?? toUtf8(id.slice(1))

/** Parameters of a request about this key. */
export function keyParams(key: Uint8Array): { readonly key?: string; readonly key_b64?: string } {
  const text = toText(key)
  return text === undefined ? { key_b64: toBase64(key) } : { key: text }
}

/** Parameters of a request about what begins so. */
export function prefixParams(prefix: Uint8Array): { readonly prefix?: string; readonly prefix_b64?: string } {
  const text = toText(prefix)
  return text === undefined ? { prefix_b64: toBase64(prefix) } : { prefix: text }
}

/** The directories that a key lies in, the outermost first, without the root (api.md 6.1). */
export function ancestorsOf(key: Uint8Array, separator: Uint8Array): readonly Uint8Array[] {
  const ancestors: Uint8Array[] = []
  for (
    let at = indexOfBytes(key, separator);
    at >= 0;
    at = indexOfBytes(key, separator, at + separator.length)
  )
    if (at > 0) ancestors.push(key.subarray(0, at))
  return ancestors
}

/** What of a key's name its directory does not say; `''`: it ends with the separator. */
export function nameBelow(key: Uint8Array, prefix: Uint8Array, separator: Uint8Array): string {
  if (prefix.length > 0) return showUnsafe(key.subarray(prefix.length))
  return showUnsafe(startsWith(key, separator) ? key.subarray(separator.length) : key)
}

/** The longest beginning that is the prefix of a directory: empty, or ending with the separator. */
export function directoryPrefix(prefix: Uint8Array, separator: Uint8Array): Uint8Array {
  let end = 0
  for (
    let at = indexOfBytes(prefix, separator);
    at >= 0;
    at = indexOfBytes(prefix, separator, at + separator.length)
  )
    end = at + separator.length
  return prefix.subarray(0, end)
}

export const prefixBelow = (directory: Uint8Array, separator: Uint8Array): Uint8Array =>
  directory.length === 0 ? directory : concatBytes(directory, separator)

/** For people: what cannot be seen, or would change how the rest is read, as an escape. */
export const showUnsafe = (key: Uint8Array): string => showUnsafeText(showBytes(key))

/** What a field of one line holds of a key; nothing where it would change it, since it knows no bytes and no line ends. */
export function typedName(key: Uint8Array): string {
  const text = toText(key)
  return text === undefined || /[\r\n]/.test(text) ? '' : text
}

/** What is copied of a key: exactly its text; one that is none, as it is shown. */
export const copiedName = (key: Uint8Array): string => toText(key) ?? showUnsafe(key)

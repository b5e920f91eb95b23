import { fromBase64, toBase64 } from '@etcdmonitor/core/keys/base64'
import { concatBytes, indexOfBytes, toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { showBytes, toText } from '@etcdmonitor/core/keys/show-key'

/** How the API names a key: by its text, or by its bytes where they are no UTF-8. */
export interface NamedKey {
  readonly key: string
  readonly key_b64?: string | undefined
}

export const bytesOf = ({ key, key_b64: base64 }: NamedKey): Uint8Array =>
  (base64 === undefined ? undefined : fromBase64(base64)) ?? toUtf8(key)

/** One text for each key, for maps: no text is the same as one of bytes. */
export const identityOf = (key: Uint8Array): string => {
  const text = toText(key)
  return text === undefined ? `b${toBase64(key)}` : `t${text}`
}

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
export function lastPart(key: Uint8Array, separator: Uint8Array): string {
  const parent = ancestorsOf(key, separator).at(-1)
  if (parent) return showUnsafe(key.subarray(parent.length + separator.length))
  return showUnsafe(indexOfBytes(key, separator) === 0 ? key.subarray(separator.length) : key)
}

export const prefixBelow = (directory: Uint8Array, separator: Uint8Array): Uint8Array =>
  directory.length === 0 ? directory : concatBytes(directory, separator)

/** Controls, and what turns or hides the text around it. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** For people: what cannot be seen, or would change how the rest is read, as an escape. */
export const showUnsafe = (key: Uint8Array): string =>
  showBytes(key).replace(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
  })

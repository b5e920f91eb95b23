/** Bytes that are turned into characters in one call: the arguments of a call are limited. */
const PIECE = 8_192

/** Standard alphabet, with padding. */
export function toBase64(bytes: Uint8Array): string {
  let characters = ''
  for (let at = 0; at < bytes.length; at += PIECE)
    characters += String.fromCharCode(...bytes.subarray(at, at + PIECE))
  return btoa(characters)
}

/** `undefined` unless the text is exactly what `toBase64` writes: two texts never mean the same bytes. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const characters = atob(text)
    const bytes = new Uint8Array(characters.length)
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = characters.charCodeAt(at)
    return toBase64(bytes) === text ? bytes : undefined
  } catch {
    return undefined // atob throws for what is no base64
  }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text that these bytes are, a byte-order mark included; `undefined` when they are no UTF-8. */
export function toText(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes)
  } catch {
    return undefined // what fatal decoders throw
  }
}

/** Text for people: what is no UTF-8 as `\xHH`. Two keys may look alike: it is no identity. */
export function showBytes(bytes: Uint8Array): string {
  const text = toText(bytes)
  if (text !== undefined) return text
  let shown = ''
  for (let at = 0; at < bytes.length; ) {
    const character = toText(bytes.subarray(at, at + characterLength(bytes[at] ?? 0)))
    shown += character ?? `\\x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`
    at += character === undefined ? 1 : characterLength(bytes[at] ?? 0)
  }
  return shown
}

/** Bytes of the UTF-8 character that begins so. */
function characterLength(first: number): number {
  if (first < 0xc0) return 1
  if (first < 0xe0) return 2
  return first < 0xf0 ? 3 : 4
}

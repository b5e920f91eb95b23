/** A weak tag of what the text says. */
export async function weakTag(text: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return `W/"${Array.from(hash.subarray(0, 16), toHex).join('')}"`
}

const toHex = (byte: number): string => byte.toString(16).padStart(2, '0')

/** Whether `If-None-Match` holds the tag, or `*`; weak comparison, as RFC 9110 wants it for this header. */
export const matchesTag = (ifNoneMatch: string | undefined, tag: string): boolean =>
  (ifNoneMatch ?? '')
    .split(',')
    .map((one) => one.trim())
    .some((one) => one === '*' || one.replace(/^W\//, '') === tag.replace(/^W\//, ''))

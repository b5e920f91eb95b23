/** A weak tag of what the text says, of 64 bits. By no digest of cryptography: these wait for another thread, and a client could only fool itself. */
export function weakTag(text: string): string {
  let a = 0x9e3779b9
  let b = 0x85ebca6b
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, 2_654_435_761)
    b = Math.imul(b ^ unit, 1_597_334_677)
  }
  // each half from both, high bits too: the loop carries only upwards
  const first = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909)
  const second = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(first ^ (first >>> 13), 3_266_489_909)
  return `W/"${toHex(first)}${toHex(second)}"`
}

const toHex = (half: number): string => (half >>> 0).toString(16).padStart(8, '0')

/** Whether `If-None-Match` holds the tag, or `*`; weak comparison, as RFC 9110 wants it for this header. */
export const matchesTag = (ifNoneMatch: string | undefined, tag: string): boolean =>
  (ifNoneMatch ?? '')
    .split(',')
    .map((one) => one.trim())
    .some((one) => one === '*' || one.replace(/^W\//, '') === tag.replace(/^W\//, ''))

import type { RandomBytes } from './time.ts'

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ' // Crockford's

/** A ULID: 26 characters that sort by their time (Unix ms, 48 bits), the rest 80 random bits. */
export function makeUlid(now: number, random: RandomBytes): string {
  const time = Math.max(0, Math.floor(now)).toString(16).padStart(12, '0').slice(-12)
  const noise = Array.from(random(10), (byte) => byte.toString(16).padStart(2, '0')).join('')
  let rest = BigInt(`0x${time}${noise}`)
  let text = ''
  for (let length = 0; length < 26; length += 1) {
    text = `${ALPHABET[Number(rest & 31n)]}${text}`
    rest >>= 5n
  }
  return text
}

import type { RandomBytes } from './time.ts'

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ' // Crockford's
const TIME_CHARACTERS = 10

/** A ULID: 26 characters that sort by their time (Unix ms, 48 bits), the rest 80 random bits. Each request has one: no big integers. */
export function makeUlid(now: number, random: RandomBytes): string {
  let time = Math.max(0, Math.floor(now)) % 2 ** 48
  let text = ''
  for (let i = 0; i < TIME_CHARACTERS; i++) {
    text = `${ALPHABET[time % 32]}${text}`
    time = Math.floor(time / 32)
  }
  let kept = 0
  let bits = 0
  for (const byte of random(10)) {
    kept = ((kept << 8) | byte) & 0xfff // at most 4 bits were left
    for (bits += 8; bits >= 5; ) {
      bits -= 5
      text += ALPHABET[(kept >> bits) & 31]
    }
  }
  return text
}

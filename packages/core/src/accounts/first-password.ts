import type { RandomBytes } from '../time.ts'

const ALPHABET = '23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ' // no look-alikes
const LENGTH = 20 // 116 bits

/** A password for a person to type once; every character is equally likely. */
export function drawPassword(random: RandomBytes): string {
  const limit = 256 - (256 % ALPHABET.length) // a byte beyond it would favour the first letters
  let password = ''
  while (password.length < LENGTH) {
    const [byte = 0] = random(1)
    if (byte < limit) password += ALPHABET[byte % ALPHABET.length]
  }
  return password
}

import { indexOfBytes } from './bytes.ts'

/** Whether bytes hold `part`, which is not empty; without case: of ASCII letters alone. */
export function createMatcher(part: Uint8Array, cased: 'ignore' | 'match'): (bytes: Uint8Array) => boolean {
  if (cased === 'match') return (bytes) => indexOfBytes(bytes, part) >= 0
  const wanted = part.map(toLower)
  return (bytes) => indexOfBytes(bytes.map(toLower), wanted) >= 0
}

/** Of ASCII alone: no other byte is a letter by itself. */
export const toLower = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte)

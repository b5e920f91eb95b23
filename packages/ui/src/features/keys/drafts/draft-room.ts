/** More would be forgotten by whoever typed them; none is ever dropped to make room. */
const MAX_DRAFTS = 20
/** Of all drafts of both APIs together, about as many bytes. */
const MAX_LENGTH = 8_388_608

/** Characters that one more draft may have beside those with so many; 0: there are too many of them. */
export function roomBeside(others: readonly number[]): number {
  if (others.length >= MAX_DRAFTS) return 0
  return Math.max(0, MAX_LENGTH - others.reduce((sum, length) => sum + length, 0))
}

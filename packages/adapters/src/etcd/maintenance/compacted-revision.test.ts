import { expect, it } from 'vitest'
import { findCompactedRevision } from './compacted-revision.ts'

it.each([
  [1n, 0n, '0'],
  [5n, 1n, '0'],
  [5n, 2n, '2'],
  [5n, 5n, '5'],
  [1_000_000_000n, 999_999_000n, '999999000'],
  [9_223_372_036_854_775_807n, 9_007_199_254_740_993n, '9007199254740993'],
])('of head %d, compacted at %d, finds %s in at most 64 questions', async (head, compacted, found) => {
  let asked = 0
  const isReadable = async (revision: bigint) => {
    asked += 1
    return revision >= compacted
  }
  expect(await findCompactedRevision(head, isReadable)).toBe(found)
  expect(asked).toBeLessThanOrEqual(64)
})

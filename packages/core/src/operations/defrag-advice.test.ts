import { expect, it } from 'vitest'
import { defragAdvice, reclaimable } from './defrag-advice.ts'

const MIB = 1024 ** 2

it.each([
  [300, 100, undefined, 'recommended'],
  [300, 101, undefined, 'possible'],
  [300, 268, undefined, 'possible'],
  [300, 269, undefined, 'not_worth_it'],
  [300, 268, 375, 'recommended'],
  [300, 268, 376, 'possible'],
  [300, 290, 300, 'not_worth_it'],
  [300, 100, 0, 'recommended'],
  [300, 250, 0, 'possible'],
  [100, 200, 100, 'not_worth_it'],
])('%d MiB with %d in use and a quota of %s is %s', (size, used, quota, advice) => {
  expect(defragAdvice(size * MIB, used * MIB, quota === undefined ? undefined : quota * MIB)).toBe(advice)
})

it('gives back nothing where more is in use than the file is large', () => {
  expect(reclaimable(100, 200)).toBe(0)
  expect(reclaimable(300, 200)).toBe(100)
})

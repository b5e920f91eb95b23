import { expect, it } from 'vitest'
import {
  atOf,
  chunkId,
  dayOf,
  firstHeadId,
  hasKey,
  headId,
  MAX_MEMBER,
  memberOf,
  rollupId,
  windowId,
  windowOf,
} from './metrics-keys.ts'

const AT = Date.parse('2026-10-20T01:30:00Z')
const FIRST = Date.parse('2020-01-01T00:00:00Z')
const LAST = FIRST + 2 ** 40 - 1

it('makes the head keys of storage.md 10.3', () => {
  expect(headId(AT, 3)).toBe(1_758_191_616_000_003)
  expect(headId(LAST, MAX_MEMBER)).toBe(Number.MAX_SAFE_INTEGER)
})

it('makes the keys of sealed windows and days of storage.md 10.3', () => {
  expect([windowOf(AT), dayOf(AT)]).toEqual([248_952, 20_746])
  expect(windowId(248_952, 3)).toBe(2_039_414_787)
  expect(chunkId(248_952, 77)).toBe(4_176_721_477_709)
  expect(rollupId(20_746, 77)).toBe(348_060_123_213)
})

it('gives instant and member of a key back', () => {
  for (const at of [FIRST, AT, LAST])
    for (const member of [1, 3, MAX_MEMBER]) {
      const id = headId(at, member)
      expect([atOf(id), memberOf(id)]).toEqual([at, member])
    }
})

it('has keys from 2020 to 2054 only', () => {
  expect([FIRST, LAST].map(hasKey)).toEqual([true, true])
  expect([FIRST - 1, LAST + 1, AT + 0.5, Number.NaN].map(hasKey)).toEqual([false, false, false, false])
})

it('parts the rows before an instant from those at it or later, whatever the instant', () => {
  expect(firstHeadId(AT)).toBeGreaterThan(headId(AT - 1, MAX_MEMBER))
  expect(firstHeadId(AT)).toBeLessThanOrEqual(headId(AT, 1))
  expect(firstHeadId(AT - 0.5)).toBe(firstHeadId(AT))
  expect(firstHeadId(0)).toBeLessThanOrEqual(headId(FIRST, 1))
  expect(firstHeadId(Number.MAX_SAFE_INTEGER)).toBeGreaterThan(headId(LAST, MAX_MEMBER))
})

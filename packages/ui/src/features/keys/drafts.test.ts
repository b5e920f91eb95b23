import { expect, it } from 'vitest'
import { createDrafts, type Draft, isUnchanged, ttlOf } from './drafts.ts'

const draft: Draft = {
  text: 'a\nb',
  lineEnd: '\r\n',
  lease: 'keep',
  seconds: '',
  base: { modRevision: 5, dataSince: 0 },
}

it.each([
  ['keep', '60', undefined],
  ['none', '60', 0],
  ['new', '60', 60],
  ['new', '9000000000', 9_000_000_000],
  ['new', '9000000001', Number.NaN],
  ['new', '0', Number.NaN],
  ['new', '1.5', Number.NaN],
  ['new', '', Number.NaN],
] as const)('the wish %s with %j seconds is the ttl %s', (lease, seconds, ttl) => {
  expect(ttlOf({ lease, seconds })).toBe(ttl)
})

it('a draft is unchanged when saving it would write the same bytes and lease', () => {
  expect(isUnchanged(draft, 'a\r\nb')).toBe(true)
  expect(isUnchanged(draft, 'a\nb')).toBe(false)
  expect(isUnchanged({ ...draft, lease: 'none' }, 'a\r\nb')).toBe(false)
})

it('drafts are kept by key, also by one named __proto__', () => {
  const drafts = createDrafts()
  expect(drafts.of('t__proto__')).toBeUndefined()
  drafts.set('t__proto__', draft)
  expect(drafts.of('t__proto__')).toBe(draft)
  expect(drafts.of('ta')).toBeUndefined()
  drafts.set('t__proto__', undefined)
  expect(drafts.isEmpty()).toBe(true)
})

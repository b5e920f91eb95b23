import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { expect, it } from 'vitest'
import { bytesContent, equalBytes } from '../../value/value-content.ts'
import { createDrafts, type Draft, isUnchanged, ttlOf } from './drafts.ts'

const draftOf = (text: string, stored = ''): Draft => ({
  content: bytesContent(toUtf8(text), toUtf8(stored)),
  lease: 'keep',
  seconds: '',
  base: { modRevision: 5, dataSince: 0 },
})
const draft = draftOf('a')

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
  expect(isUnchanged(draftOf('a\r\nb', 'a\r\nb'))).toBe(true)
  expect(isUnchanged(draftOf('a\nb', 'a\r\nb'))).toBe(false)
  expect(isUnchanged({ ...draftOf('a', 'a'), lease: 'none' })).toBe(false)
  expect(equalBytes(toUtf8('ab'), toUtf8('ac'))).toBe(false)
  expect(equalBytes(toUtf8('ab'), toUtf8('a'))).toBe(false)
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

it('the draft after the twentieth is not begun, and none of them makes room for it', () => {
  const drafts = createDrafts()
  for (let at = 0; at < 20; at += 1) drafts.set(`t${at}`, draft)
  expect(drafts.room('tnew')).toBe(0)
  expect(drafts.room('t19')).toBeGreaterThan(0)
  drafts.set('t0', undefined)
  expect(drafts.room('tnew')).toBe(8_388_608 - 19)
})

it('drafts have 8 MiB together', () => {
  const drafts = createDrafts()
  drafts.set('ta', draftOf('x'.repeat(8_000_000)))
  expect(drafts.room('tb')).toBe(388_608)
  expect(drafts.room('ta')).toBe(8_388_608)
})

it('drafts outlive the sign-in of their account, and not that of another', () => {
  const drafts = createDrafts()
  drafts.claim('admin')
  drafts.set('ta', draft)
  drafts.claim('admin')
  expect(drafts.count()).toBe(1)
  drafts.claim('other')
  expect(drafts.isEmpty()).toBe(true)
})

it('drafts of the v2 API count with the others, and end with them', () => {
  const drafts = createDrafts()
  for (let at = 0; at < 20; at += 1)
    drafts.v2.set(`/${at}`, { value: 'a', time: 'keep', seconds: '', base: 5 })
  expect(drafts.count()).toBe(20)
  expect(drafts.v2.room('/new')).toBe(0)
  expect(drafts.v2.room('/19')).toBeGreaterThan(0)
  drafts.clear()
  expect(drafts.isEmpty()).toBe(true)
})

it('drafts of either API take their room from all of them', () => {
  const drafts = createDrafts()
  const ofV2 = (value: string) => ({ value, time: 'keep' as const, seconds: '', base: 5 })
  drafts.v2.set('/a', ofV2('x'.repeat(8_000_000)))
  expect(drafts.room('t/a')).toBe(388_608)
  drafts.set('t/a', draftOf('x'.repeat(300_000)))
  expect(drafts.v2.room('/b')).toBe(88_608)
  expect(drafts.v2.room('/a')).toBe(8_088_608)
  drafts.v2.set('/a', undefined)
  for (let at = 0; at < 19; at += 1) drafts.v2.set(`/${at}`, ofV2('a'))
  expect([drafts.room('t/b'), drafts.v2.room('/new')]).toEqual([0, 0])
  expect(drafts.room('t/a')).toBe(8_388_608 - 19)
})

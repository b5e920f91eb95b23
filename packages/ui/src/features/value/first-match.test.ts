import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { expect, it } from 'vitest'
import { firstMatch, textRange } from './first-match.ts'

const matched = (text: string, q: string, isCased = false) => {
  const range = textRange(toUtf8(text), firstMatch(toUtf8(text), { q, isCased }))
  return range && text.slice(range.from, range.to)
}

it.each([
  ['one Two three two', 'two', false, 4],
  ['one Two three two', 'two', true, 14],
  ['é😀 Two', 'two', false, 4],
  ['a\r\nb\r\nTwo', 'two', false, 6],
] as const)('the first match in %j of %j is where the reader looks for it', (text, q, isCased, from) => {
  expect(textRange(toUtf8(text), firstMatch(toUtf8(text), { q, isCased }))?.from).toBe(from)
  expect(matched(text, q, isCased)?.toLowerCase()).toBe(q)
})

it('letters beyond ASCII have their case, as the API compares them', () => {
  expect(matched('É', 'é')).toBeUndefined()
  expect(matched('é', 'é')).toBe('é')
})

it('bytes that are no text have a match in bytes alone', () => {
  const bytes = Uint8Array.of(0xff, 0x41, 0x42)
  const match = firstMatch(bytes, { q: 'ab', isCased: false })
  expect(match).toEqual({ from: 1, to: 3 })
  expect(textRange(bytes, match)).toBeUndefined()
})

it('nothing is nowhere', () => {
  expect(firstMatch(toUtf8('abc'), { q: '', isCased: true })).toBeUndefined()
  expect(firstMatch(toUtf8(''), { q: 'a', isCased: true })).toBeUndefined()
})

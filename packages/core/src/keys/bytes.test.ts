import { expect, it } from 'vitest'
import { fromBase64, toBase64 } from './base64.ts'
import { compareBytes, concatBytes, indexOfBytes, toUtf8 } from './bytes.ts'
import { intersect, isWithin, mergeRanges, prefixEnd } from './key-range.ts'
import { createMatcher } from './match-bytes.ts'
import { showBytes, toText } from './show-key.ts'

const bytes = (...values: number[]) => Uint8Array.from(values)

it.each([
  [[0x61], [0x62]],
  [[0x61, 0xff], [0x62]],
  [[0xff, 0xff], []],
  [[], []],
])('ends the range of all keys that begin with %j at %j', (prefix, end) => {
  expect([...prefixEnd(bytes(...prefix))]).toEqual(end)
})

it('orders a prefix before what it begins, and bytes without sign', () => {
  const sorted = [bytes(0x61), bytes(0x61, 0), bytes(0x7f), bytes(0x80), bytes(0xff)]
  expect(sorted.toReversed().toSorted(compareBytes)).toEqual(sorted)
})

it.each([
  ['banana', 'ana', 0, 1],
  ['banana', 'ana', 2, 3],
  ['banana', 'anas', 0, -1],
  ['aab', 'ab', 0, 1],
])('finds in %s the part %s from %i on at %i', (text, part, from, at) => {
  expect(indexOfBytes(toUtf8(text), toUtf8(part), from)).toBe(at)
})

it.each([
  ['', ''],
  ['/w==', '\xff'],
  ['YQ==', 'a'],
])('reads the base64 %j, and writes it again', (text, characters) => {
  const read = fromBase64(text)
  expect(read && String.fromCharCode(...read)).toBe(characters)
  expect(read && toBase64(read)).toBe(text)
})

it.each(['x', '/w', '_w==', 'YQ==\n', ' YQ==', 'YR=='])(
  'refuses %j, which is no base64 of anything',
  (text) => {
    expect(fromBase64(text)).toBeUndefined()
  },
)

it('writes base64 of a megabyte', () => {
  const megabyte = new Uint8Array(1_048_576).fill(0xa5)
  expect(compareBytes(fromBase64(toBase64(megabyte))!, megabyte)).toBe(0)
})

it.each([
  [[0x2f, 0x61], '/a', '/a'],
  [[0xff], undefined, '\\xff'],
  [[0x61, 0xc3], undefined, 'a\\xc3'],
  [[0xc3, 0xa9, 0x80], undefined, 'é\\x80'],
  [[0xef, 0xbb, 0xbf, 0x61], '\ufeffa', '\ufeffa'],
  [[0xed, 0xa0, 0x80], undefined, '\\xed\\xa0\\x80'],
])('shows %j', (raw, text, shown) => {
  expect(toText(bytes(...raw))).toBe(text)
  expect(showBytes(bytes(...raw))).toBe(shown)
})

const range = (from: string, to: string) => ({ from: toUtf8(from), to: toUtf8(to) })

it('puts ranges together that overlap or touch', () => {
  const merged = mergeRanges([range('m', 'n'), range('a', 'c'), range('c', 'd'), range('b', 'bb')])
  expect(merged).toEqual([range('a', 'd'), range('m', 'n')])
  expect(mergeRanges([range('b', ''), range('a', 'c')])).toEqual([range('a', '')])
})

it('cuts a range with another, an empty end being the greatest', () => {
  expect(intersect(range('', ''), range('a', 'b'))).toEqual(range('a', 'b'))
  expect(intersect(range('a', 'c'), range('b', ''))).toEqual(range('b', 'c'))
  expect(intersect(range('a', 'b'), range('b', 'c'))).toBeUndefined()
  expect(isWithin(range('a', 'b'), [range('a', 'b')])).toBe(true)
  expect(isWithin(range('a', ''), [range('a', 'b')])).toBe(false)
})

it('matches a part of bytes, without case for ASCII letters alone', () => {
  expect(createMatcher(toUtf8('B'), 'ignore')(toUtf8('/a/b'))).toBe(true)
  expect(createMatcher(toUtf8('B'), 'match')(toUtf8('/a/b'))).toBe(false)
  expect(createMatcher(toUtf8('É'), 'ignore')(toUtf8('é'))).toBe(false)
  expect(createMatcher(toUtf8('['), 'ignore')(toUtf8('{'))).toBe(false)
  expect(concatBytes(toUtf8('a'), bytes(), toUtf8('b'))).toEqual(toUtf8('ab'))
})

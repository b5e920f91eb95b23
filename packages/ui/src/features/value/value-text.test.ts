import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { expect, it } from 'vitest'
import { hasLongLine, lineEndsOf, valueBytes } from './value-text.ts'

it.each([
  ['', 'none'],
  ['a', 'none'],
  ['a\nb\n', 'lf'],
  ['a\r\nb', 'crlf'],
  ['a\rb', 'cr'],
  ['a\r\nb\n', 'mixed'],
  ['a\r\r\nb', 'mixed'],
] as const)('the line ends of %j are %s', (text, ends) => {
  expect(lineEndsOf(text)).toBe(ends)
})

it('a line is long when it alone is', () => {
  expect(hasLongLine('aaaa\naaaa\naaaa', 4)).toBe(false)
  expect(hasLongLine('a\naaaaa\na', 4)).toBe(true)
  expect(hasLongLine('a\naaaaa', 4)).toBe(true)
})

it('a value is its bytes, as text or as base64', () => {
  expect(valueBytes({ key: 'a', dir: false, encoding: 'base64', value_b64: '/w==' })).toEqual(
    Uint8Array.of(0xff),
  )
  expect(valueBytes({ key: 'a', dir: false, encoding: 'utf8', value: '\ufeffé' })).toEqual(toUtf8('\ufeffé'))
  expect(valueBytes({ key: 'a', dir: false, encoding: 'utf8', value: '' })).toHaveLength(0)
})

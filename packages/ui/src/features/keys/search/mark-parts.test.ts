import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { expect, it } from 'vitest'
import { markParts } from './mark-parts.ts'

const print = (key: Uint8Array, q: string, isCased = false) =>
  markParts(key, q, isCased)
    .map(({ text, isHit }) => (isHit ? `[${text}]` : text))
    .join('')

it.each([
  ['/a/Foo/foobar', 'foo', '/a/[Foo]/[foo]bar'],
  ['/é/x', 'É', '/é/x'],
  ['aaaa', 'aa', '[aa][aa]'],
  ['/<b>', '<b>', '/[<b>]'],
  ['/a', '', '/a'],
  ['/a\u202eb', 'b', '/a\\u{202e}[b]'],
])('in %j the text %j is marked as %j', (key, q, marked) => {
  expect(print(toUtf8(key), q)).toBe(marked)
})

it('case counts when it is asked for, and bytes that are no text are shown as such', () => {
  expect(print(toUtf8('Foo/foo'), 'foo', true)).toBe('Foo/[foo]')
  expect(print(Uint8Array.of(0x2f, 0xff, 0x61, 0xfe), 'a')).toBe('/\\xff[a]\\xfe')
})

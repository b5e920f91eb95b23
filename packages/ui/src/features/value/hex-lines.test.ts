import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { expect, it } from 'vitest'
import { differentLines, hexLine, hexLineCount } from './hex-lines.ts'

it('bytes are shown by so many a line, with their offset and what is printable', () => {
  const bytes = Uint8Array.of(...toUtf8('k8s\0<b>0123456789'), 0xff, 0x7f)
  expect(hexLineCount(bytes, 16)).toBe(2)
  expect(hexLine(bytes, 0, 16)).toEqual({
    offset: '000000',
    pairs: '6b 38 73 00 3c 62 3e 30 31 32 33 34 35 36 37 38'.split(' '),
    characters: 'k8s.<b>012345678',
  })
  expect(hexLine(bytes, 1, 16)).toEqual({ offset: '000010', pairs: ['39', 'ff', '7f'], characters: '9..' })
  expect(hexLine(bytes, 4, 4)).toEqual({ offset: '000010', pairs: ['39', 'ff', '7f'], characters: '9..' })
  expect(hexLineCount(new Uint8Array(), 16)).toBe(0)
})

it.each([
  ['', '', []],
  ['a', 'a', []],
  ['a', 'b', [0]],
  ['a', '', [0]],
  ['0123456789abcdef', '0123456789abcdefg', [1]],
  ['0123456789abcdefX0123456789abcdeY', '0123456789abcdefx0123456789abcdez', [1]],
] as const)('%j and %j differ in runs that begin at the lines %j', (a, b, lines) => {
  expect(differentLines(toUtf8(a), toUtf8(b), 16)).toEqual(lines)
})

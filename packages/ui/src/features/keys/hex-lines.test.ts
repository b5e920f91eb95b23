import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { expect, it } from 'vitest'
import { hexLineCount, hexLines } from './hex-lines.ts'

it('bytes are shown by sixteen, with their offset and what is printable', () => {
  const bytes = Uint8Array.of(...toUtf8('k8s\0<b>0123456789'), 0xff, 0x7f)
  expect(hexLineCount(bytes)).toBe(2)
  expect(hexLines(bytes, 0, 100)).toEqual([
    {
      offset: '00000000',
      pairs: '6b 38 73 00 3c 62 3e 30 31 32 33 34 35 36 37 38',
      characters: 'k8s.<b>012345678',
    },
    { offset: '00000010', pairs: '39 ff 7f', characters: '9..' },
  ])
  expect(hexLines(bytes, 1, 2).map(({ offset }) => offset)).toEqual(['00000010'])
  expect(hexLines(new Uint8Array(), 0, 5)).toEqual([])
})

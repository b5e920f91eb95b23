import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { expect, it } from 'vitest'
import { parseKeysUrl, printKeysUrl } from './keys-url.ts'

it.each([
  ['/a/b', '?key=%2Fa%2Fb'],
  ['/a//b', '?key=%2Fa%2F%2Fb'],
  ['/a/', '?key=%2Fa%2F'],
  ['__proto__', '?key=__proto__'],
  ['<img src=x>&dir=1', '?key=%3Cimg+src%3Dx%3E%26dir%3D1'],
  [' ', '?key=+'],
  ['é😀', '?key=%C3%A9%F0%9F%98%80'],
])('the key %j has the link %s, which leads back to it', (key, url) => {
  const selection = { key: toUtf8(key), isDirectory: false }
  expect(printKeysUrl(selection)).toBe(url)
  expect(parseKeysUrl(url)).toEqual({ selection, rejected: [] })
})

it('a key that is no UTF-8 is linked by its bytes', () => {
  const selection = { key: Uint8Array.of(0x2f, 0xff, 0xfb), isDirectory: true }
  expect(printKeysUrl(selection)).toBe('?key_b64=L__7&dir=1')
  expect(parseKeysUrl('?key_b64=L__7&dir=1')).toEqual({ selection, rejected: [] })
})

it('without a key nothing is selected, and bytes that are none are named', () => {
  expect(parseKeysUrl('')).toEqual({ selection: undefined, rejected: [] })
  expect(parseKeysUrl('?key=&dir=1')).toEqual({ selection: undefined, rejected: [] })
  expect(parseKeysUrl('?key_b64=%25')).toEqual({ selection: undefined, rejected: ['key_b64=%'] })
})

it('a key that is too long for a link has none', () => {
  expect(printKeysUrl({ key: toUtf8('x'.repeat(6_000)), isDirectory: false })).toHaveLength(6_005)
  expect(printKeysUrl({ key: toUtf8('x'.repeat(7_000)), isDirectory: false })).toBeUndefined()
})

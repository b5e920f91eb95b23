import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type KeysPlace, parseKeysUrl, printKeysUrl } from './keys-url.ts'

const START: KeysPlace = {
  api: 'v3',
  view: 'tree',
  selection: undefined,
  at: new Uint8Array(),
  q: '',
  field: 'key',
  isCased: false,
}

/** Bytes as numbers: those of jsdom and of Node are of two classes. */
const read = (url: string) => {
  const { place, rejected } = parseKeysUrl(url)
  return { place: plain(place), rejected }
}
const plain = (place: KeysPlace) => ({
  ...place,
  at: [...place.at],
  selection: place.selection && { ...place.selection, key: [...place.selection.key] },
})

it.each([
  ['/a/b', '?key=%2Fa%2Fb'],
  ['/a//b', '?key=%2Fa%2F%2Fb'],
  ['/a/', '?key=%2Fa%2F'],
  ['__proto__', '?key=__proto__'],
  ['<img src=x>&dir=1', '?key=%3Cimg+src%3Dx%3E%26dir%3D1'],
  [' ', '?key=+'],
  ['é😀', '?key=%C3%A9%F0%9F%98%80'],
])('the key %j has the link %s, which leads back to it', (key, url) => {
  const place = { ...START, selection: { key: toUtf8(key), isDirectory: false } }
  expect(printKeysUrl(place)).toBe(url)
  expect(read(url)).toEqual({ place: plain(place), rejected: [] })
})

it('what is no UTF-8 is linked by its bytes', () => {
  const place = {
    ...START,
    selection: { key: Uint8Array.of(0x2f, 0xff, 0xfb), isDirectory: true },
    at: Uint8Array.of(0xff),
  }
  expect(printKeysUrl(place)).toBe('?key_b64=L__7&dir=1&at_b64=_w')
  expect(read('?key_b64=L__7&dir=1&at_b64=_w')).toEqual({ place: plain(place), rejected: [] })
})

it('defaults are not printed, and the rest stands in one order', () => {
  expect(printKeysUrl(START)).toBe('')
  const place: KeysPlace = {
    api: 'v2',
    view: 'search',
    selection: { key: toUtf8('a'), isDirectory: true },
    at: toUtf8('/x/'),
    q: 'foo',
    field: 'value',
    isCased: true,
  }
  expect(printKeysUrl(place)).toBe('?api=v2&view=search&key=a&dir=1&at=%2Fx%2F&q=foo&in=value&case=1')
})

it('every place is found again by its link', () => {
  const bytes = fc.uint8Array({ maxLength: 12 })
  const places = fc.record({
    api: fc.constantFrom('v3' as const, 'v2' as const),
    view: fc.constantFrom('tree' as const, 'list' as const, 'search' as const),
    selection: fc.option(
      fc.record({ key: fc.uint8Array({ minLength: 1, maxLength: 12 }), isDirectory: fc.boolean() }),
      {
        nil: undefined,
      },
    ),
    at: bytes,
    q: fc.string({ unit: 'grapheme', maxLength: 20 }),
    field: fc.constantFrom('key' as const, 'value' as const),
    isCased: fc.boolean(),
  })
  fc.assert(
    fc.property(places, (place) => {
      expect(read(printKeysUrl(place) ?? '?')).toEqual({ place: plain(place), rejected: [] })
    }),
  )
})

it('without a key nothing is selected, and values that are none are named', () => {
  expect(read('')).toEqual({ place: plain(START), rejected: [] })
  expect(parseKeysUrl('?key=&dir=1').place.selection).toBeUndefined()
  expect(read('?key_b64=%25')).toEqual({ place: plain(START), rejected: ['key_b64=%'] })
  expect(read('?view=map&api=v4&in=lease&case=yes')).toEqual({
    place: plain(START),
    rejected: ['api=v4', 'view=map', 'in=lease', 'case=yes'],
  })
  expect(read(`?q=${'x'.repeat(300)}`)).toEqual({ place: plain(START), rejected: [`q=${'x'.repeat(64)}`] })
})

it('a key that is too long for a link has none', () => {
  const select = (length: number) => ({ key: toUtf8('x'.repeat(length)), isDirectory: false })
  expect(printKeysUrl({ ...START, selection: select(6_000) })).toHaveLength(6_005)
  expect(printKeysUrl({ ...START, selection: select(7_000) })).toBeUndefined()
})

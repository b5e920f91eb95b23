import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { showBytes } from '@etcdmonitor/core/keys/show-key'
import { describe, expect, it } from 'vitest'
import {
  ancestorsOf,
  bytesOf,
  bytesOfIdentity,
  directoryPrefix,
  identityOf,
  keyParams,
  nameBelow,
  prefixBelow,
  showUnsafe,
  typedName,
} from './key-name.ts'

const slash = toUtf8('/')

describe('a key', () => {
  it('is its bytes, whatever it looks like', () => {
    const bytes = Uint8Array.of(0x61, 0xff)
    expect(bytesOf({ key: 'a\\xff', key_b64: 'Yf8=' })).toEqual(bytes)
    expect(keyParams(bytes)).toEqual({ key_b64: 'Yf8=' })
    expect(identityOf(bytes)).not.toBe(identityOf(toUtf8('a\\xff')))
    expect(identityOf(toUtf8('Yf8='))).not.toBe(identityOf(bytes))
    expect(keyParams(toUtf8('__proto__'))).toEqual({ key: '__proto__' })
  })

  it('stands in a field of one line as it is, or not at all', () => {
    expect(typedName(toUtf8('/a\u202e\\x00'))).toBe('/a\u202e\\x00')
    expect([Uint8Array.of(0x61, 0xff), toUtf8('a\nb'), toUtf8('a\r')].map(typedName)).toEqual(['', '', ''])
  })

  it.each([
    ['/a/b/c', ['/a', '/a/b'], 'c'],
    ['/a//b', ['/a', '/a/'], 'b'],
    ['/a/', ['/a'], ''],
    ['a/b', ['a'], 'b'],
    ['/a', [], 'a'],
    ['a', [], 'a'],
    ['/', [], ''],
    ['//x', ['/'], 'x'],
  ])('%j lies in %j and is called %j there', (key, ancestors, name) => {
    expect(ancestorsOf(toUtf8(key), slash).map(showBytes)).toEqual(ancestors)
    const parent = ancestors.at(-1)
    const prefix = parent === undefined ? new Uint8Array() : toUtf8(`${parent}/`)
    expect(nameBelow(toUtf8(key), prefix, slash)).toBe(name)
    expect(showBytes(bytesOfIdentity(identityOf(toUtf8(key))))).toBe(key)
  })

  it('is parted by a separator of several characters from the left', () => {
    expect(ancestorsOf(toUtf8('a:::b'), toUtf8('::')).map(showBytes)).toEqual(['a'])
    expect(nameBelow(toUtf8('a:::b'), toUtf8('a::'), toUtf8('::'))).toBe(':b')
  })

  it('that is no UTF-8 is found again by its identity', () => {
    const bytes = Uint8Array.of(0x62, 0xff, 0)
    expect(bytesOfIdentity(identityOf(bytes))).toEqual(bytes)
  })
})

it('the prefix of a directory ends with the separator, that of the root is empty', () => {
  expect(showBytes(prefixBelow(toUtf8('/a'), slash))).toBe('/a/')
  expect(showBytes(prefixBelow(toUtf8('/'), slash))).toBe('//')
  expect(prefixBelow(new Uint8Array(), slash)).toHaveLength(0)
})

it.each([
  ['/app/x', '/app/'],
  ['/app/', '/app/'],
  ['app', ''],
  ['', ''],
  ['//', '//'],
])('%j lies in the directory of prefix %j', (prefix, directory) => {
  expect(showBytes(directoryPrefix(toUtf8(prefix), slash))).toBe(directory)
})

it.each([
  ['a\u0000b', 'a\\x00b'],
  ['\u202egnp.exe', '\\u{202e}gnp.exe'],
  ['a\u200bb', 'a\\u{200b}b'],
  ['<b>é 😀', '<b>é 😀'],
  ['  a b ', '\\x20\\x20a b\\x20'],
  [' ', '\\x20'],
  ['a\u00a0b\u3000', 'a\\xa0b\\u{3000}'],
])('%j is shown as %j', (key, shown) => {
  expect(showUnsafe(toUtf8(key))).toBe(shown)
})

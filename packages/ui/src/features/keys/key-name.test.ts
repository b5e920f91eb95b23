import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { showBytes } from '@etcdmonitor/core/keys/show-key'
import { describe, expect, it } from 'vitest'
import { ancestorsOf, bytesOf, identityOf, keyParams, lastPart, prefixBelow, showUnsafe } from './key-name.ts'

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
    expect(lastPart(toUtf8(key), slash)).toBe(name)
  })

  it('is parted by a separator of several characters from the left', () => {
    expect(ancestorsOf(toUtf8('a:::b'), toUtf8('::')).map(showBytes)).toEqual(['a'])
    expect(lastPart(toUtf8('a:::b'), toUtf8('::'))).toBe(':b')
  })
})

it('the prefix of a directory ends with the separator, that of the root is empty', () => {
  expect(showBytes(prefixBelow(toUtf8('/a'), slash))).toBe('/a/')
  expect(showBytes(prefixBelow(toUtf8('/'), slash))).toBe('//')
  expect(prefixBelow(new Uint8Array(), slash)).toHaveLength(0)
})

it.each([
  ['a\u0000b', 'a\\x00b'],
  ['\u202egnp.exe', '\\u{202e}gnp.exe'],
  ['a\u200bb', 'a\\u{200b}b'],
  ['<b>é 😀', '<b>é 😀'],
])('%j is shown as %j', (key, shown) => {
  expect(showUnsafe(toUtf8(key))).toBe(shown)
})

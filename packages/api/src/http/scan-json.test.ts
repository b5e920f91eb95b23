import fc from 'fast-check'
import { expect, it } from 'vitest'
import { scanJson } from './scan-json.ts'

const reasonOf = (text: string): unknown => {
  try {
    scanJson(text)
    return 'none'
  } catch (error) {
    return (error as { readonly details: { readonly reason: unknown } }).details.reason // nothing else is thrown
  }
}

it('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
      const text = ` ${JSON.stringify(value, undefined, indent)}\r\n`
      if (!text.includes('"__proto__"')) expect(scanJson(text)).toEqual(JSON.parse(text))
    }),
  )
})

it('refuses whatever JSON.parse refuses', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"',
    '\\',
    '1',
    'null',
    ' ',
    '-',
    '\\u00',
    '{}',
    '"b":',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const text = parts.join('')
      let isJson = true
      try {
        JSON.parse(text)
      } catch {
        isJson = false
      }
      if (!isJson) expect(reasonOf(text)).not.toBe('none')
    }),
    { numRuns: 5_000 },
  )
})

it.each([
  ['{"a":{"a":1},"b":[{"a":1},{"a":1}]}', 'none'], // one name in several objects
  ['{"a":"b","b":"a,\\"b\\":"}', 'none'],
  ['["a","a"]', 'none'],
  ['{"a":["x","y"],"a":1}', 'duplicate_member'],
  ['{"a":1,"a"', 'duplicate_member'],
  ['"x" y', 'syntax'],
])('judges %s: %s', (text, reason) => {
  expect(reasonOf(text)).toBe(reason)
})

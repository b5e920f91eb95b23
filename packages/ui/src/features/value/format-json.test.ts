import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatJson } from './format-json.ts'

it.each([
  [
    '{"b":12345678901234567890,"a":1.0,"a":[1e400,-0.10]}',
    '{\n  "b": 12345678901234567890,\n  "a": 1.0,\n  "a": [\n    1e400,\n    -0.10\n  ]\n}',
  ],
  ['{"\\u00e9\\/":"\\ud83d","":{}}', '{\n  "\\u00e9\\/": "\\ud83d",\n  "": {}\n}'],
  [' [ ] ', '[]'],
  ['[{},[],""]', '[\n  {},\n  [],\n  ""\n]'],
  ['"<script>"', '"<script>"'],
  ['-0', '-0'],
  ['null\n', 'null'],
])('%s stays what it is', (text, formatted) => {
  expect(formatJson(text)).toEqual({ text: formatted })
})

it.each([
  ['', 1, 1, ''],
  ['{', 1, 2, ''],
  ['{"a":1,}', 1, 8, '}'],
  ['[1,]', 1, 4, ']'],
  ['[1 2]', 1, 4, '2'],
  ['{"a" 1}', 1, 6, '1'],
  ['{a:1}', 1, 2, 'a'],
  ['[01]', 1, 2, '0'],
  ['[1.]', 1, 2, '1'],
  ['[trueish]', 1, 2, 't'],
  ['{} {}', 1, 4, '{'],
  ['{\n  "a": 1,\r\n  "b": x\n}', 3, 8, 'x'],
  ['"a\nb"', 1, 3, '\n'],
  ['"\\x"', 1, 2, '\\'],
  ['\ufeff{}', 1, 1, '\ufeff'],
  ['[😀]', 1, 2, '😀'],
])('%j has a fault in line %i, column %i', (text, line, column, found) => {
  expect(formatJson(text)).toEqual({ fault: { line, column, found } })
})

const tight = (text: string) => text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1')

it('changes nothing but the white space outside of strings, of whatever is JSON', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t', ' \r'), (text, space) => {
      const given = space === undefined ? text : JSON.stringify(JSON.parse(text), null, space)
      const answer = formatJson(given)
      expect('text' in answer && tight(answer.text)).toBe(tight(given))
    }),
  )
})

it('takes exactly what is JSON', () => {
  const piece = fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '1', '-', '.5', 'e3', 'true', ' ', '"')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const text = pieces.join('')
      let isJson = true
      try {
        JSON.parse(text)
      } catch {
        isJson = false
      }
      expect('text' in formatJson(text)).toBe(isJson)
    }),
    { numRuns: 2_000 },
  )
})

it('does not lose its way in depth, nor time in length', () => {
  expect('text' in formatJson('['.repeat(200_000) + ']'.repeat(200_000))).toBe(true)
  expect('fault' in formatJson('['.repeat(200_000))).toBe(true)
  const long = `"${'é\\n'.repeat(500_000)}"`
  expect(formatJson(long)).toEqual({ text: long })
})

it('makes no text of a value that is many times as long', () => {
  const value = `${'['.repeat(500)}${'1,'.repeat(500_000)}1${']'.repeat(500)}`
  const answer = formatJson(value)
  expect('text' in answer && answer.text.length).toBeLessThan(40 * value.length)
})

import { expect, it } from 'vitest'
import { MAX_RANGE_SECONDS, parseRange } from './parse-range.ts'

it.each([
  ['1s', 1],
  ['90s', 90],
  ['0.5h', 1_800],
  ['1.5h', 5_400],
  ['30m', 1_800],
  ['90d', 7_776_000],
  ['91d', 7_862_400],
  ['1.4s', 1],
  ['1.5s', 2],
  ['0.001d', 86],
  ['9999999s', 9_999_999],
])('reads %s as whole seconds', (text, seconds) => {
  expect(parseRange(text)).toBe(seconds)
})

it.each([
  '',
  '0m',
  '0.4s',
  '-1h',
  '+1h',
  '1',
  'h',
  '1h30m',
  'NaNh',
  'Infinityd',
  '1e3h',
  '1H',
  '1 h',
  ' 1h',
  '1h ',
  '1h\n',
  '١h',
  '0.0001s',
  '.5h',
  '1.h',
  '12345678s',
])('R6 refuses %j', (text) => {
  expect(parseRange(text)).toBeUndefined()
})

it('knows ninety days as the longest window', () => {
  expect(parseRange('90d')).toBe(MAX_RANGE_SECONDS)
})

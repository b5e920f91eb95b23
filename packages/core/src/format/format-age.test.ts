import { expect, it } from 'vitest'
import { formatAge, formatCountdown } from './format-age.ts'

it.each([
  [-5, '0 ms'],
  [0, '0 ms'],
  [812.4, '812 ms'],
  [999.9, '999 ms'],
  [42_000, '42 s'],
  [59_999, '59 s'],
  [240_000, '4 min'],
  [102_000, '1 min 42 s'],
  [3_600_000, '1 h'],
  [3_661_000, '1 h 1 min'],
  [532_800_000, '6 d 4 h'],
])('says of %d ms: %s', (ms, text) => {
  expect(formatAge(ms)).toBe(text)
})

it.each([
  [-1, '0:00'],
  [1, '0:01'],
  [299_000, '4:59'],
  [872_000, '14:32'],
  [3_600_000, '1:00:00'],
])('counts %d ms down as %s', (ms, text) => {
  expect(formatCountdown(ms)).toBe(text)
})

import { expect, it } from 'vitest'
import { defaultRange } from './default-range.ts'

const minutes = (count: number) => count * 60_000

it.each([
  [undefined, '5m'],
  [0, '5m'],
  [minutes(5), '5m'],
  [minutes(5) + 1, '10m'],
  [minutes(11), '30m'],
  [minutes(31), '1h'],
  [minutes(60 * 24), '1h'],
])('covers a history of %s ms with %s', (age, range) => {
  const now = 1e12
  expect(defaultRange(age === undefined ? undefined : now - age, now)).toBe(range)
})

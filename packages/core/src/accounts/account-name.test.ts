import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseAccountName } from './account-name.ts'

it.each([
  ['admin', 'admin'],
  ['ADMIN', 'admin'],
  ['0a._-', '0a._-'],
  ['x'.repeat(64), 'x'.repeat(64)],
  ['x'.repeat(65), undefined],
  ['', undefined],
  ['_a', undefined],
  ['ad min', undefined],
  ['admin\n', undefined],
  ['\u212Aelvin', undefined], // the Kelvin sign, which toLowerCase() makes a k
  ['ADM\u0130N', undefined],
])('C4 makes of %j the name %j', (typed, name) => {
  expect(parseAccountName(typed)).toBe(name)
})

it('C4 gives one name to two inputs only when they differ in the case of ASCII letters', () => {
  const typed = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.stringMatching(/^[A-Za-z0-9._-]{1,6}$/),
  )
  fc.assert(
    fc.property(typed, typed, (a, b) => {
      const [one, other] = [parseAccountName(a), parseAccountName(b)]
      const sameText = Buffer.from(a).equals(Buffer.from(b)) || /^[\x21-\x7e]*$/.test(a + b) === true
      if (one !== undefined && one === other)
        expect(sameText && a.toLowerCase() === b.toLowerCase()).toBe(true)
    }),
    { numRuns: 10_000 },
  )
})

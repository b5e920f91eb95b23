import { expect, it } from 'vitest'
import { describeParams } from './describe-params.ts'

const showInstant = (seconds: number) => `at ${seconds}`

it.each([
  ['{}', []],
  ['', []],
  [
    '{"ttl":0,"name":"a","list":[1]}',
    [
      ['ttl', '0'],
      ['name', 'a'],
      ['list', '[1]'],
    ],
  ],
  ['{"__proto__":1}', [['__proto__', '1']]],
  [
    '{"first_at":1790000000,"last_at":"soon","ttl_at_most":3,"far_at":1e300}',
    [
      ['first_at', 'at 1790000000'],
      ['last_at', 'soon'],
      ['ttl_at_most', '3'],
      ['far_at', '1e+300'],
    ],
  ],
  ['[1]', [['', '[1]']]],
  ['{"cut', [['', '{"cut']]],
])('%s is shown as %j', (params, shown) => {
  expect(describeParams(params, showInstant)).toEqual(shown)
})

it('shows at most fifty', () => {
  const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`p${i}`, i]))
  expect(describeParams(JSON.stringify(many), showInstant)).toHaveLength(50)
})

import { expect, it } from 'vitest'
import { describeParams } from './describe-params.ts'

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
  ['[1]', [['', '[1]']]],
  ['{"cut', [['', '{"cut']]],
])('%s is shown as %j', (params, shown) => {
  expect(describeParams(params)).toEqual(shown)
})

it('shows at most fifty', () => {
  const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`p${i}`, i]))
  expect(describeParams(JSON.stringify(many))).toHaveLength(50)
})

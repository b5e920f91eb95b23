import { expect, it } from 'vitest'
import { parseOperationsUrl, printOperationsUrl } from './operations-url.ts'

const all = {
  operation: 'put',
  username: 'admin',
  q: '/a b&c=%',
  success: false,
  from: 1_789_999_200,
  to: 1_790_004_600,
}

it('comes back as it was printed', () => {
  for (const filter of [{}, all, { success: true }, { q: 'übung <b>' }]) {
    expect(parseOperationsUrl(printOperationsUrl(filter))).toEqual({ filter, rejected: [] })
  }
})

it('prints in one order, with its task', () => {
  expect(printOperationsUrl({})).toBe('?task=audit')
  expect(printOperationsUrl({ to: 9, operation: 'put', success: true })).toBe(
    '?task=audit&operation=put&success=true&to=9',
  )
})

it.each([
  ['?operation=Drop Table', ['operation=Drop Table']],
  ['?success=yes', ['success=yes']],
  ['?from=-1', ['from=-1']],
  [`?username=${'a'.repeat(65)}`, [`username=${'a'.repeat(64)}`]],
  ['?from=10&to=10', ['to=10']],
  ['?unknown=1&task=other', []],
])('leaves out what cannot be used, and names it: %s', (search, rejected) => {
  expect(parseOperationsUrl(search).rejected).toEqual(rejected)
})

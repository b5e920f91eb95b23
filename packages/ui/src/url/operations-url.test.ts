import { expect, it } from 'vitest'
import { type OperationsView, parseOperationsUrl, printOperationsUrl } from './operations-url.ts'

const RUN = '01JD8Z6QW0ABCDEFGHJKMNPQRS'
const all = {
  operation: 'put',
  username: 'admin',
  q: '/a b&c=%',
  success: false,
  from: 1_789_999_200,
  to: 1_790_004_600,
}

it('comes back as it was printed', () => {
  const views: OperationsView[] = [
    { task: 'overview', filter: {} },
    { task: 'audit', filter: all },
    { task: 'audit', filter: { success: true } },
    { task: 'audit', filter: { q: 'übung <b>' } },
    { task: 'runs', run: RUN, filter: {} },
    { task: 'snapshot', member: '10276657743932975437', filter: {} },
    { task: 'defragment', members: ['10276657743932975437', '7'], least: 33_554_432, filter: {} },
  ]
  for (const view of views)
    expect(parseOperationsUrl(printOperationsUrl(view))).toEqual({ view, rejected: [] })
})

it('prints in one order, without the default', () => {
  expect(printOperationsUrl({ task: 'overview' })).toBe('')
  expect(printOperationsUrl({ task: 'overview', run: RUN })).toBe(`?run=${RUN}`)
  expect(printOperationsUrl({ task: 'audit', filter: { to: 9, operation: 'put', success: true } })).toBe(
    '?task=audit&operation=put&success=true&to=9',
  )
  expect(printOperationsUrl({ task: 'runs', filter: all })).toBe('?task=runs')
  expect(printOperationsUrl({ task: 'defragment', members: ['8', '9'], least: 0 })).toBe(
    '?task=defragment&members=8,9&least=0',
  )
})

it.each([
  ['?operation=Drop Table', ['operation=Drop Table']],
  ['?success=yes', ['success=yes']],
  ['?from=-1', ['from=-1']],
  [`?username=${'a'.repeat(65)}`, [`username=${'a'.repeat(64)}`]],
  ['?from=10&to=10', ['to=10']],
  ['?unknown=1', []],
  ['?task=other&run=1', ['task=other', 'run=1']],
  ['?task=snapshot&member=abc', ['member=abc']],
  ['?task=defragment&members=7,,8&least=-1', ['members=7,,8', 'least=-1']],
])('leaves out what cannot be used, and names it: %s', (search, rejected) => {
  expect(parseOperationsUrl(search).rejected).toEqual(rejected)
})

import { expect, it } from 'vitest'
import { judgeTypedFilter, type TypedFilter, toTyped } from './typed-filter.ts'

const NOTHING: TypedFilter = { operation: '', username: '', q: '', outcome: '', from: '', to: '' }
const all = {
  operation: 'put',
  username: 'admin',
  q: ' a ',
  success: false,
  from: 1_789_999_200,
  to: 1_790_004_600,
}

it('is nothing where nothing was typed', () => {
  expect(judgeTypedFilter(NOTHING, 'UTC')).toEqual({})
})

it.each(['UTC', 'Europe/Berlin'])('comes back from the fields as it was (%s)', (zone) => {
  expect(judgeTypedFilter(toTyped(all, zone), zone)).toEqual(all)
  expect(judgeTypedFilter(toTyped({}, zone), zone)).toEqual({})
})

it('reads times in the zone of the reader', () => {
  const typed = { ...NOTHING, from: '2026-09-21T14:00:00' }
  expect(judgeTypedFilter(typed, 'UTC')).toEqual({ from: 1_789_999_200 })
  expect(judgeTypedFilter(typed, 'Europe/Berlin')).toEqual({ from: 1_789_992_000 })
})

it.each([
  [{ from: '2026-03-29T02:30:00' }, { field: 'from', kind: 'time' }],
  [{ to: 'soon' }, { field: 'to', kind: 'time' }],
  [
    { from: '2026-09-21T14:00:00', to: '2026-09-21T14:00:00' },
    { field: 'to', kind: 'order' },
  ],
])('%j cannot be used: %j', (typed, fault) => {
  expect(judgeTypedFilter({ ...NOTHING, ...typed }, 'Europe/Berlin')).toEqual(fault)
})

import { expect, it } from 'vitest'
import { judgeTypedWindow, type TypedFault } from './typed-window.ts'

const NOW = Date.parse('2026-11-01T12:00:00Z')
const judge = (from: string, to: string, zone = 'UTC', isSecond = false) =>
  judgeTypedWindow({ text: from, isSecond }, { text: to, isSecond: false }, zone, NOW)

it('is the window between two times of the zone', () => {
  expect(judge('2026-09-21T14:00:00', '2026-09-21T15:30', 'Europe/Berlin').window).toEqual({
    kind: 'fixed',
    start: Date.parse('2026-09-21T12:00:00Z') / 1_000,
    end: Date.parse('2026-09-21T13:30:00Z') / 1_000,
  })
})

it.each<[string, string, 'from' | 'to', TypedFault]>([
  ['', '2026-09-21T15:30', 'from', 'missing'],
  ['2026-09-21T15:30', '', 'to', 'missing'],
  ['2026-09-21T15:30', '2026-09-21T15:30', 'to', 'order'],
  ['2026-06-01T00:00', '2026-10-01T00:00', 'from', 'long'],
  ['2026-11-01T13:00', '2026-11-01T13:30', 'from', 'future'],
  ['2026-11-01T11:00', '2026-11-02T00:00', 'to', 'future'],
])('from %s to %s refuses %s: %s', (from, to, field, kind) => {
  expect(judge(from, to)).toMatchObject({ window: undefined, fault: { field, kind } })
})

it('refuses a time that the clocks skip', () => {
  expect(judge('2026-03-29T02:30', '2026-03-29T04:00', 'Europe/Berlin').fault).toEqual({
    field: 'from',
    kind: 'skipped',
  })
})

it('takes the first of two, or the second when asked, and offers both', () => {
  const start = (isSecond: boolean) =>
    judge('2026-10-25T02:30', '2026-10-25T04:00', 'Europe/Berlin', isSecond)
  expect(start(false).window).toMatchObject({ start: Date.parse('2026-10-25T00:30:00Z') / 1_000 })
  expect(start(true).window).toMatchObject({ start: Date.parse('2026-10-25T01:30:00Z') / 1_000 })
  expect(start(false).twice.from).toHaveLength(2)
  expect(start(false).twice.to).toEqual([])
})

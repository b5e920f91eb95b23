import { expect, it } from 'vitest'
import { shownCards } from './arrange-cards.ts'

const card = (id: string, order: number, visible = true) => ({ id, visible, order })
const ids = (cards?: ReturnType<typeof card>[]) =>
  shownCards({ panels: [], ...(cards && { cards }) }).map(({ id }) => id)

it('are the default ones until the account has chosen', () => {
  expect(ids()).toHaveLength(7)
  expect(ids()[0]).toBe('cardLeader')
})

it('stand in the order chosen, without those that are unknown or were not named', () => {
  expect(
    ids([card('cardLag', 3), card('cardOfTomorrow', 0), card('cardWAL', 1), card('cardRaftTerm', 2, false)]),
  ).toEqual(['cardWAL', 'cardLag'])
})

it('are none when none is chosen, and never more than seven', () => {
  expect(ids([])).toEqual([])
  const all = ['Leader', 'LeaderChanges', 'MemberSize', 'RaftTerm', 'RaftIndex', 'WAL', 'Lag', 'Pending']
  expect(ids(all.map((id, order) => card(`card${id}`, order)))).toHaveLength(7)
})

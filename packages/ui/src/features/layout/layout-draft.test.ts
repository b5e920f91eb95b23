import { FURTHER_PANELS } from '@etcdmonitor/core/metrics/further-panels'
import { completeLayout } from '@etcdmonitor/core/metrics/panel-layout'
import { PANELS } from '@etcdmonitor/core/metrics/panels'
import { expect, it } from 'vitest'
import {
  countShown,
  isSameDraft,
  type LayoutDraft,
  moveItem,
  showAll,
  toDraft,
  toggleItem,
  toLayout,
} from './layout-draft.ts'

const ALL = [...PANELS, ...FURTHER_PANELS].toSorted((one, other) => one.order - other.order)
const group = (draft: LayoutDraft, id: string) => draft.find((one) => one.id === id) ?? expect.unreachable(id)
const shownIn = (draft: LayoutDraft, id: string) => countShown(group(draft, id))
const usual = toDraft(undefined)

it('has all 41 panels in their sections, and the eleven cards before them', () => {
  expect(usual.map(({ id, items }) => [id, items.length])).toEqual([
    ['cards', 11],
    ['raft', 9],
    ['disk', expect.any(Number)],
    ['storage', expect.any(Number)],
    ['network', expect.any(Number)],
    ['grpc', expect.any(Number)],
    ['runtime', expect.any(Number)],
    ['lease', 1],
    ['collection', expect.any(Number)],
  ])
  expect(usual.slice(1).flatMap(({ items }) => items)).toHaveLength(ALL.length)
  expect([shownIn(usual, 'cards'), shownIn(usual, 'raft'), shownIn(usual, 'lease')]).toEqual([7, 5, 0])
})

it('comes back as it was saved', () => {
  const changed = moveItem(toggleItem(usual, 'raft', 'chartRaftProposals'), 'cards', 0, 3)
  const saved = completeLayout(toLayout(changed), ALL)
  expect(isSameDraft(toDraft(saved), changed)).toBe(true)
  expect(isSameDraft(toDraft(completeLayout(toLayout(usual), ALL)), usual)).toBe(true)
  expect(toLayout(changed).panels[0]?.order).toBe(1)
})

it('shows no eighth card, and hides what is shown', () => {
  expect(shownIn(toggleItem(usual, 'cards', 'cardLag'), 'cards')).toBe(7)
  const fewer = toggleItem(usual, 'cards', 'cardLeader')
  expect(shownIn(fewer, 'cards')).toBe(6)
  const other = toggleItem(fewer, 'cards', 'cardLag')
  expect(group(other, 'cards').items.find(({ id }) => id === 'cardLag')?.isShown).toBe(true)
})

it('shows and hides a whole section', () => {
  const all = showAll(usual, 'raft', true)
  expect(shownIn(all, 'raft')).toBe(9)
  expect(shownIn(all, 'disk')).toBe(shownIn(usual, 'disk'))
  expect(shownIn(showAll(all, 'raft', false), 'raft')).toBe(0)
})

it.each([
  [0, 2, ['b', 'c', 'a']],
  [2, 0, ['c', 'a', 'b']],
  [1, 1, ['a', 'b', 'c']],
  [5, 0, ['a', 'b', 'c']],
])('moves an item inside its group: %d to %d', (from, to, expected) => {
  const items = ['a', 'b', 'c'].map((id) => ({ id, title: id, isShown: true }))
  const draft = [{ id: 'raft', title: '', limit: 9, items }]
  expect(moveItem(draft, 'raft', from, to)[0]?.items.map(({ id }) => id)).toEqual(expected)
})

import { FURTHER_PANELS } from '@etcdmonitor/core/metrics/further-panels'
import type { LayoutItem, PanelLayout } from '@etcdmonitor/core/metrics/panel-layout'
import { PANELS, SECTIONS } from '@etcdmonitor/core/metrics/panels'
import { MAX_CARDS } from '@etcdmonitor/core/metrics/tiles'
import { arrangeCards } from './arrange-cards.ts'
import { arrangePanels, type GivenLayout, isPanelShown } from './arrange-panels.ts'

export interface DraftItem {
  readonly id: string
  readonly title: string
  readonly isShown: boolean
}

/** The cards, or the panels of a section. Items move inside their group alone. */
export interface DraftGroup {
  readonly id: string
  /** `''` of the cards: it is a word of the page. */
  readonly title: string
  /** At most so many are shown. */
  readonly limit: number
  readonly items: readonly DraftItem[]
}

export type LayoutDraft = readonly DraftGroup[]

const CARD_GROUP = 'cards'

/** A layout as it is edited: everything there is, in page order. */
export function toDraft(layout: GivenLayout): LayoutDraft {
  const cards = arrangeCards(layout).map(({ card: { id, title }, isShown }) => ({ id, title, isShown }))
  const sections = SECTIONS.map(({ id, title }) => ({
    id,
    title,
    limit: Number.POSITIVE_INFINITY,
    items: arrangePanels(id, [...PANELS, ...FURTHER_PANELS], layout).map((panel) => ({
      id: panel.id,
      title: panel.title,
      isShown: isPanelShown(panel, layout),
    })),
  }))
  return [{ id: CARD_GROUP, title: '', limit: MAX_CARDS, items: cards }, ...sections]
}

/** As it is saved. Places are counted from 1: a saved order is never taken for the catalogue's, which begins at 0. */
export function toLayout(draft: LayoutDraft): PanelLayout & { readonly cards: readonly LayoutItem[] } {
  const placed = (groups: LayoutDraft) =>
    groups
      .flatMap(({ items }) => items)
      .map(({ id, isShown }, index) => ({ id, visible: isShown, order: index + 1 }))
  return {
    panels: placed(draft.filter(({ id }) => id !== CARD_GROUP)),
    cards: placed(draft.filter(({ id }) => id === CARD_GROUP)),
  }
}

export const countShown = ({ items }: DraftGroup): number => items.filter(({ isShown }) => isShown).length

/** Shows an item or hides it; shows none beyond the limit of its group. */
export function toggleItem(draft: LayoutDraft, groupId: string, itemId: string): LayoutDraft {
  return changeGroup(draft, groupId, (group) =>
    group.items.map((item) => {
      if (item.id !== itemId) return item
      return { ...item, isShown: !item.isShown && countShown(group) < group.limit }
    }),
  )
}

export const showAll = (draft: LayoutDraft, groupId: string, isShown: boolean): LayoutDraft =>
  changeGroup(draft, groupId, ({ items }) => items.map((item) => ({ ...item, isShown })))

/** The item at `from` to place `to`, both 0 to the last. */
export function moveItem(draft: LayoutDraft, groupId: string, from: number, to: number): LayoutDraft {
  return changeGroup(draft, groupId, ({ items }) => {
    const moved = items[from]
    return moved ? items.toSpliced(from, 1).toSpliced(to, 0, moved) : items
  })
}

export const isSameDraft = (one: LayoutDraft, other: LayoutDraft): boolean =>
  JSON.stringify(one) === JSON.stringify(other)

const changeGroup = (
  draft: LayoutDraft,
  groupId: string,
  change: (group: DraftGroup) => readonly DraftItem[],
): LayoutDraft => draft.map((group) => (group.id === groupId ? { ...group, items: change(group) } : group))

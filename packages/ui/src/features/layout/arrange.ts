import type { SectionId } from '@etcdmonitor/core/metrics/catalogue'
import type { PanelLayout } from '@etcdmonitor/core/metrics/panel-layout'
import { type Panel, sectionPanels } from '@etcdmonitor/core/metrics/panels'
import { CARDS, MAX_CARDS, type Tile } from '@etcdmonitor/core/metrics/tiles'

/** Absent: the default ones. */
export type GivenLayout = PanelLayout | undefined

/** Those of `panels` that are of a section, hidden ones too, in the order of the layout. */
export function arrangePanels(section: SectionId, panels: readonly Panel[], layout: GivenLayout): Panel[] {
  const usual = sectionPanels(section, panels)
  const places = new Map(layout?.panels.map(({ id, order }) => [id, order]))
  // nobody has moved anything: the catalogue may place a panel beside another
  if (usual.every(({ id, order }) => (places.get(id) ?? order) === order)) return usual
  return usual.toSorted(
    (one, other) => (places.get(one.id) ?? one.order) - (places.get(other.id) ?? other.order),
  )
}

export const isPanelShown = ({ id, visible }: Panel, layout: GivenLayout): boolean =>
  layout?.panels.find((item) => item.id === id)?.visible ?? visible

/** All cards in the order of the layout, with what it shows of them: at most seven. Those it does not know are hidden, behind the rest. */
export function arrangeCards(layout: GivenLayout): { readonly card: Tile; readonly isShown: boolean }[] {
  const items = new Map(layout?.cards?.map((item) => [item.id, item]))
  if (!layout?.cards) return CARDS.map((card) => ({ card, isShown: card.visible }))
  const placeOf = ({ id }: Tile) => items.get(id)?.order ?? Number.POSITIVE_INFINITY
  const cards = CARDS.toSorted((one, other) =>
    placeOf(one) === placeOf(other) ? 0 : placeOf(one) - placeOf(other),
  )
  let left = MAX_CARDS
  return cards.map((card) => ({ card, isShown: (items.get(card.id)?.visible ?? false) && left-- > 0 }))
}

export const shownCards = (layout: GivenLayout): Tile[] =>
  arrangeCards(layout).flatMap(({ card, isShown }) => (isShown ? [card] : []))

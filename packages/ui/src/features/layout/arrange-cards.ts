import { CARDS, MAX_CARDS, type Tile } from '@etcdmonitor/core/metrics/tiles'
import type { GivenLayout } from './arrange-panels.ts'

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

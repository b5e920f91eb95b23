import type { Panel } from './panels.ts'

export interface LayoutItem {
  /** Of a panel or a card. */
  readonly id: string
  readonly visible: boolean
  /** 0 to 10,000. */
  readonly order: number
}

/** What an account has put where; `cards` absent: the default ones. */
export interface PanelLayout {
  readonly panels: readonly LayoutItem[]
  readonly cards?: readonly LayoutItem[] | undefined
}

export const MAX_LAYOUT_ITEMS = 200
export const MAX_ORDER = 10_000

/**
 * A stored layout as `panels` (all, by order) know it: others and repetitions left out, those that are missing behind it as they are by
 * default. Cards are kept, also unknown ones. Without a stored one the default panels.
 */
export function completeLayout(stored: PanelLayout | undefined, panels: readonly Panel[]): PanelLayout {
  const known = new Set(panels.map(({ id }) => id))
  const kept = firstOfEach(stored?.panels ?? []).filter(({ id }) => known.has(id))
  const present = new Set(kept.map(({ id }) => id))
  const last = kept.reduce((highest, { order }) => Math.max(highest, order), -1)
  const missing = panels
    .filter(({ id }) => !present.has(id))
    .map(({ id, visible }, index) => ({ id, visible, order: Math.min(last + 1 + index, MAX_ORDER) }))
  return {
    panels: [...kept, ...missing],
    ...(stored?.cards && { cards: firstOfEach(stored.cards) }),
  }
}

function firstOfEach(items: readonly LayoutItem[]): readonly LayoutItem[] {
  const seen = new Set<string>()
  return items.filter(({ id }) => !seen.has(id) && seen.add(id))
}

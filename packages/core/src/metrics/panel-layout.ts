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
 * What a stored document holds that can be shown, whichever release wrote it: members and items of other forms are left out. Undefined
 * when it is no layout at all.
 */
export function readLayout(document: string): PanelLayout | undefined {
  const stored = parseObject(document)
  if (!stored || !Array.isArray(stored.panels)) return undefined
  return {
    panels: readItems(stored.panels),
    ...(Array.isArray(stored.cards) && { cards: readItems(stored.cards) }),
  }
}

const readItems = (items: readonly unknown[]): readonly LayoutItem[] =>
  items.flatMap((item) => readItem(item) ?? []).slice(0, MAX_LAYOUT_ITEMS)

function readItem(item: unknown): LayoutItem | undefined {
  const { id, visible, order } = isObject(item) ? item : {}
  if (typeof id !== 'string' || typeof visible !== 'boolean' || typeof order !== 'number') return undefined
  return { id, visible, order: Math.min(Math.max(0, Math.trunc(order)), MAX_ORDER) }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined // no JSON
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

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

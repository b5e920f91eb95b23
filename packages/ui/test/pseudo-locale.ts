import { en } from '../src/i18n/en.ts'
import type { Messages } from '../src/i18n/messages.ts'

/** The catalogue with every text in brackets and 40 % longer: what stands in no brackets is not from it. */
export const pseudoLocale = mark(en) as Messages // the same members, texts for texts

export const isMarked = (text: string): boolean => text.includes('⟦')

export function mark(value: unknown): unknown {
  if (typeof value === 'string')
    return value === '' ? '' : `⟦${value}${'~'.repeat(Math.ceil(value.length * 0.4))}⟧`
  if (Array.isArray(value)) return value.map(mark)
  if (typeof value === 'function') return (...given: unknown[]) => mark(value(...given))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mark(member)]))
}

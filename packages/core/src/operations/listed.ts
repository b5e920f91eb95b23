import { MAX_HOLE, MAX_MESSAGE } from './messages.ts'

const ELLIPSIS = '…'

/** As many of the items as fit in `limit` characters, whole ones; how many are left out is said. */
function listed(items: readonly string[], limit: number, separator: string): string {
  const all = items.join(separator)
  if (all.length <= limit) return all
  for (let count = items.length - 1; count > 0; count -= 1) {
    const text = items.slice(0, count).join(separator) + andMore(items.length - count, separator)
    if (text.length <= limit) return text
  }
  const more = items.length > 1 ? andMore(items.length - 1, separator) : ''
  return `${items[0]?.slice(0, limit - more.length - ELLIPSIS.length)}${ELLIPSIS}${more}`
}

const andMore = (count: number, separator: string): string => `${separator}and ${count} more`

/** Names for the hole of a sentence. */
export const listNames = (names: readonly string[]): string => listed(names, MAX_HOLE, ', ')

/** Conditions for the hole of a sentence. */
export const listConditions = (conditions: readonly string[]): string => listed(conditions, MAX_HOLE, '; ')

/** What is to be known, as the whole message of a step. */
export const listFindings = (findings: readonly string[]): string => listed(findings, MAX_MESSAGE, '; ')

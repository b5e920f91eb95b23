import type { AuditEntry, AuditFilter } from '@etcdmonitor/core/audit/audit-event'
import type { AuditLog, AuditPageRequest } from '@etcdmonitor/core/ports/audit-log'
import { countChosen, LONGEST_LOOK, tooLong } from './sql-audit-count.ts'
import { chosenRows, completed, isSearch, matching } from './sql-audit-read.ts'
import { auditPieces, entriesOf, matchesOf } from './sql-audit-scan.ts'
import type { StateDatabase } from './state-database.ts'

/** Rows of one look through what no index can choose. */
const SEARCHED_TOGETHER = 2_000
/** A total above it took long to count, and is kept. */
const MANY = 10_000
const KEPT = 10_000
const MAX_KEPT = 100

/** Pages of the audit log; totals above 10,000 are kept for 10 s. */
export function createAuditPages(
  database: Pick<StateDatabase, 'look' | 'clock' | 'holds'>,
): AuditLog['page'] {
  const { look, clock } = database
  const totals = createTotals(clock)

  /** What an index chooses, without looking at other rows. */
  const choose = (filter: AuditFilter, { size, before, skip = 0 }: AuditPageRequest) =>
    look((read) => {
      const rows = chosenRows(read, { filter, before })
        .orderBy('id', 'desc')
        .limit(size + 1)
        .offset(skip)
      return matching(database, completed(read, rows.selectAll()), filter)
    })

  /** Looks through what an index chooses; all of it when the matches are counted. Reads no entries but those of the page's pieces. */
  async function search(
    filter: AuditFilter,
    { size, before, skip = 0, isCounted }: AuditPageRequest,
    end: number,
  ) {
    const found: AuditEntry[] = []
    let total = 0
    for await (const piece of auditPieces(database, filter, { size: SEARCHED_TOGETHER, before })) {
      if (clock.monotonic() > end) throw tooLong()
      const first = Math.max(0, skip - total)
      const matches = await matchesOf(database, filter, piece)
      if (matches > first && found.length <= size) {
        const entries = await entriesOf(database, filter, piece)
        found.push(...entries.slice(first, first + size + 1 - found.length))
      }
      total += matches
      if (found.length > size && !isCounted) break
    }
    return { found, total }
  }

  return async (filter, request) => {
    const { size, isCounted } = request
    const end = clock.monotonic() + LONGEST_LOOK
    const kept = isCounted ? totals.find(filter) : undefined
    const asked = { ...request, isCounted: Boolean(isCounted) && kept === undefined }
    const { found, total } = isSearch(filter)
      ? await search(filter, asked, end)
      : {
          found: await choose(filter, asked),
          total: asked.isCounted ? await countChosen(database, filter, end) : 0,
        }
    if (asked.isCounted) totals.keep(filter, total)
    return {
      entries: found.slice(0, size),
      hasMore: found.length > size,
      ...(isCounted && { total: kept ?? total }),
    }
  }
}

function createTotals(clock: StateDatabase['clock']) {
  const kept = new Map<string, { readonly total: number; readonly until: number }>() // oldest first
  const keyOf = ({ operation, username, text, success, isAccount, from, to }: AuditFilter) =>
    JSON.stringify([operation, username, text, success, isAccount, from, to])
  return {
    find(filter: AuditFilter): number | undefined {
      const found = kept.get(keyOf(filter))
      return found && clock.monotonic() < found.until ? found.total : undefined
    },
    keep(filter: AuditFilter, total: number): void {
      if (total <= MANY) return
      const key = keyOf(filter)
      kept.delete(key)
      kept.set(key, { total, until: clock.monotonic() + KEPT })
      const [oldest] = kept.keys()
      if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest)
    },
  }
}

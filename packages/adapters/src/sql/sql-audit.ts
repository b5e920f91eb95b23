import { setImmediate } from 'node:timers/promises'
import type { AuditEntry, AuditFilter } from '@etcdmonitor/core/audit/audit-event'
import { AppError } from '@etcdmonitor/core/errors'
import type { AuditLog, AuditPage, AuditPageRequest } from '@etcdmonitor/core/ports/audit-log'
import type { Kysely } from 'kysely'
import { chosenRows, completed, isSearch, matching } from './sql-audit-read.ts'
import { sweepAudit } from './sql-audit-sweep.ts'
import { createAuditWriter } from './sql-audit-writer.ts'
import type { StateDatabase } from './state-database.ts'
import type { StateTables } from './state-tables.ts'

/** Rows of one look through what no index can choose. */
const SEARCHED_TOGETHER = 2_000
const SCANNED_TOGETHER = 500
const LONGEST_SEARCH = 10_000

/** The audit log in the state database. Does not own it. */
export function sqlAudit(database: StateDatabase): AuditLog {
  const { look, clock } = database

  /** The matches of the next `size` rows that an index chooses, and where the rows after them begin. */
  const readBatch = (filter: AuditFilter, size: number, before?: number) =>
    look(async (read) => {
      const chosen = chosenRows(read, { filter, before }).orderBy('id', 'desc').limit(size)
      const { count, first, last } = await read
        .selectFrom(chosen.select('id').as('row'))
        .select(({ fn }) => [
          fn.countAll<number>().as('count'),
          fn.max('row.id').as('first'),
          fn.min('row.id').as('last'),
        ])
        .executeTakeFirstOrThrow()
      if (first === null || last === null) return { entries: [], next: undefined }
      // not `chosen` once more: entries may have come or gone since
      const rows = chosenRows(read, { filter }).where('id', '<=', first).where('id', '>=', last)
      const entries = await matching(database, completed(read, rows.selectAll()), filter)
      return { entries, next: Number(count) < size ? undefined : last }
    })

  async function* batches(filter: AuditFilter, size: number, before?: number) {
    for (let below = before; ; ) {
      const { entries, next } = await readBatch(filter, size, below)
      yield entries
      if (next === undefined) return
      below = next
      await setImmediate() // SQLite answers without a break: others have their turn
    }
  }

  /** What an index chooses, without looking at other rows. */
  const choose = (filter: AuditFilter, { size, before, skip = 0 }: AuditPageRequest) =>
    look((read) => {
      const rows = chosenRows(read, { filter, before })
        .orderBy('id', 'desc')
        .limit(size + 1)
        .offset(skip)
      return matching(database, completed(read, rows.selectAll()), filter)
    })

  /** Looks through what an index chooses; all of it when the matches are counted. */
  async function search(filter: AuditFilter, { size, before, skip = 0, isCounted }: AuditPageRequest) {
    const end = clock.monotonic() + LONGEST_SEARCH
    const wanted = skip + size + 1
    const found: AuditEntry[] = []
    let total = 0
    for await (const entries of batches(filter, SEARCHED_TOGETHER, before)) {
      if (clock.monotonic() > end) throw tooLong()
      total += entries.length
      found.push(...entries.slice(0, wanted - found.length))
      if (found.length === wanted && !isCounted) break
    }
    return { found: found.slice(skip), total }
  }

  async function page(filter: AuditFilter, request: AuditPageRequest): Promise<AuditPage> {
    const { size, isCounted } = request
    const { found, total } = isSearch(filter)
      ? await search(filter, request)
      : {
          found: await choose(filter, request),
          total: isCounted ? await look((read) => countChosen(read, filter)) : 0,
        }
    return {
      entries: found.slice(0, size),
      hasMore: found.length > size,
      ...(isCounted && { total }),
    }
  }

  return {
    ...createAuditWriter(database),
    page,
    async *scan(filter, signal) {
      for await (const entries of batches(filter, SCANNED_TOGETHER)) {
        signal?.throwIfAborted()
        yield entries
      }
    },
    sweep: async (kept) => ({ more: await sweepAudit(database, kept) }),
  }
}

async function countChosen(read: Kysely<StateTables>, filter: AuditFilter): Promise<number> {
  const { count } = await chosenRows(read, { filter })
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

const tooLong = () => new AppError('overloaded', 'the filter was not through within 10 s; narrow from and to')

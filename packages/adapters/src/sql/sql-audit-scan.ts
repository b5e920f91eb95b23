import { setImmediate } from 'node:timers/promises'
import type { AuditEntry, AuditFilter } from '@etcdmonitor/core/audit/audit-event'
import type { Kysely } from 'kysely'
import { chosenRows, completed, countOf, matching } from './sql-audit-read.ts'
import type { StateDatabase } from './state-database.ts'
import type { StateTables } from './state-tables.ts'

interface Walk {
  /** Rows that each look walks over. */
  readonly size: number
  /** Entries with a smaller `id` alone. */
  readonly before?: number | undefined
}

/** Ids of the newest and the oldest row of a piece of what an index chooses. */
interface Piece {
  readonly first: number
  readonly last: number
}

type Reading = Pick<StateDatabase, 'look' | 'holds'>

/** Pieces of what an index chooses, newest first, each found when it is asked for. */
export async function* auditPieces(
  { look }: Pick<StateDatabase, 'look'>,
  filter: AuditFilter,
  { size, before }: Walk,
): AsyncGenerator<Piece> {
  for (let below = before; ; ) {
    const from = below
    const { count, first, last } = await look((read) => findPiece(read, filter, { size, before: from }))
    if (first === null || last === null) return
    yield { first, last }
    if (Number(count) < size) return
    below = last
    await setImmediate() // SQLite answers without a break: others have their turn
  }
}

function findPiece(read: Kysely<StateTables>, filter: AuditFilter, { size, before }: Walk) {
  const chosen = chosenRows(read, { filter, before }).orderBy('id', 'desc').limit(size)
  return read
    .selectFrom(chosen.select('id').as('row'))
    .select(({ fn }) => [
      fn.countAll<number>().as('count'),
      fn.max<number | null>('row.id').as('first'),
      fn.min<number | null>('row.id').as('last'),
    ])
    .executeTakeFirstOrThrow()
}

/** The matches of a piece, newest first. */
export const entriesOf = (
  database: Reading,
  filter: AuditFilter,
  piece: Piece,
): Promise<readonly AuditEntry[]> =>
  database.look((read) => matching(database, completed(read, rowsOf(read, filter, piece)), filter))

/** How many matches a piece has, without reading them. */
export const matchesOf = (database: Reading, filter: AuditFilter, piece: Piece): Promise<number> =>
  database.look((read) => countOf(database, completed(read, rowsOf(read, filter, piece)), filter))

/** Not what the piece was found by: entries may have come or gone since. */
const rowsOf = (read: Kysely<StateTables>, filter: AuditFilter, { first, last }: Piece) =>
  chosenRows(read, { filter }).where('id', '<=', first).where('id', '>=', last).selectAll()

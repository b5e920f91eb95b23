import { setImmediate } from 'node:timers/promises'
import type { AuditFilter } from '@etcdmonitor/core/audit/audit-event'
import { AppError } from '@etcdmonitor/core/errors'
import type { Kysely } from 'kysely'
import { chosenRows } from './sql-audit-read.ts'
import type { StateDatabase } from './state-database.ts'
import type { StateTables } from './state-tables.ts'

/** Entries that one look counts, from an index alone: about 10 ms. */
const COUNTED_TOGETHER = 20_000
/** Of these a look counts more: their index holds nothing else. */
const ROWS_TOGETHER = 100_000

export const LONGEST_LOOK = 10_000

export const tooLong = () =>
  new AppError('overloaded', 'the filter was not through within 10 s; narrow from and to')

interface Place {
  readonly id: number
  readonly at: number
}

/** How many entries an index chooses. `end`: monotonic ms. @throws AppError `overloaded` when it comes first */
export async function countChosen(
  { look, clock }: Pick<StateDatabase, 'look' | 'clock'>,
  filter: AuditFilter,
  end: number,
): Promise<number> {
  let total = 0
  for (let place: Place | undefined; ; total += COUNTED_TOGETHER) {
    if (clock.monotonic() > end) throw tooLong()
    const from = place
    const last = await look((read) => lastOfBatch(read, filter, from))
    if (!last) return total + (await look((read) => countRest(read, filter, from)))
    place = last
    await setImmediate() // SQLite answers without a break: others have their turn
  }
}

const lastOfBatch = (read: Kysely<StateTables>, filter: AuditFilter, from: Place | undefined) =>
  below(read, filter, from)
    .select(['id', 'at'])
    .offset(COUNTED_TOGETHER - 1)
    .limit(1)
    .executeTakeFirst()

/** Fewer than a batch. */
async function countRest(read: Kysely<StateTables>, filter: AuditFilter, from: Place | undefined) {
  const rest = below(read, filter, from).select('id').limit(COUNTED_TOGETHER)
  const { count } = await read
    .selectFrom(rest.as('rest'))
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** In the order of the index that holds all they ask for, so that no row is read: the id comes last in each. */
function below(read: Kysely<StateTables>, filter: AuditFilter, from: Place | undefined) {
  if (filter.operation !== undefined || filter.username !== undefined)
    return chosenRows(read, { filter, before: from?.id }).orderBy('id', 'desc')
  const rows = chosenRows(read, { filter }).orderBy('at', 'desc').orderBy('id', 'desc')
  if (!from) return rows
  return rows
    .where('at', '<=', from.at)
    .where(({ eb, or }) => or([eb('at', '<', from.at), eb('id', '<', from.id)]))
}

export type AuditClass = 'act' | 'failure'

/** The newest rows of one class, at most `most`: how many there are, and the id of the last of them, going down; 0 = none. */
export async function walkClass(
  { look }: Pick<StateDatabase, 'look'>,
  kind: AuditClass,
  most = Number.POSITIVE_INFINITY,
): Promise<{ readonly rows: number; readonly last: number }> {
  let rows = 0
  for (let last = 0; ; ) {
    const limit = Math.min(ROWS_TOGETHER, most - rows)
    if (limit <= 0) return { rows, last }
    const from = last || undefined
    const piece = await look((read) => pieceOf(read, kind, from, limit))
    rows += Number(piece.count)
    last = piece.last ?? last
    if (Number(piece.count) < limit) return { rows, last }
    await setImmediate() // as above
  }
}

function pieceOf(read: Kysely<StateTables>, kind: AuditClass, from: number | undefined, limit: number) {
  const rows = read.selectFrom('audit_log').select('id').where('class', '=', kind)
  const below = from === undefined ? rows : rows.where('id', '<', from)
  return read
    .selectFrom(below.orderBy('id', 'desc').limit(limit).as('piece'))
    .select(({ fn }) => [fn.countAll<number>().as('count'), fn.min<number | null>('piece.id').as('last')])
    .executeTakeFirstOrThrow()
}

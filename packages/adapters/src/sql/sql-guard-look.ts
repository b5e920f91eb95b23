import type { AccountName, LockPolicy, Reservation } from '@etcdmonitor/core/ports/state-store'
import { type Kysely, sql } from 'kysely'
import { judgeLock, LONGEST_ATTEMPT } from './lock-rules.ts'
import type { StateDatabase } from './state-database.ts'
import type { StateTables } from './state-tables.ts'

/** The attempts of a name that have not ended. */
export interface OpenAttempts {
  /** The store's clock, when they were counted. */
  readonly at: number
  /** Those of dead processes, too. */
  readonly all: number
  /** Those of them that rule 1 of security.md 3 counts as failures, by a clock that may have gone on since `at`. */
  readonly abandoned: number
}

/** In one statement: under the lock of the name's row every further one is waited for by all others. */
export async function countAttempts(
  { nowMs }: Pick<StateDatabase, 'nowMs'>,
  on: Kysely<StateTables>,
  name: AccountName,
): Promise<OpenAttempts> {
  const { at, all, abandoned } = await on
    .selectNoFrom(nowMs().as('at'))
    .select(({ selectFrom }) =>
      selectFrom('login_reservations')
        .select(({ fn }) => fn.countAll<number>().as('all'))
        .where('name', '=', name)
        .as('all'),
    )
    .select(({ selectFrom }) =>
      selectFrom('login_reservations')
        .select(({ fn }) => fn.countAll<number>().as('abandoned'))
        .where('name', '=', name)
        .where(sql<boolean>`abs(started_at - ${nowMs()}) > ${LONGEST_ATTEMPT}`)
        .as('abandoned'),
    )
    .executeTakeFirstOrThrow()
  return { at, all: Number(all), abandoned: Number(abandoned) }
}

/**
 * The answer to an attempt where it needs no lock and changes nothing: the name is locked, or as many passwords are being verified as are still
 * allowed. Undefined: the transaction decides. Hundreds of guesses at one name would otherwise wait for its row one after the other, each
 * with a commit, and those that are counted with them.
 */
export const lookAtGuard = (
  { look, nowMs }: Pick<StateDatabase, 'look' | 'nowMs'>,
  name: AccountName,
  policy: LockPolicy,
): Promise<Reservation | undefined> =>
  look(async (read) => {
    const found = await read
      .selectFrom('login_guards')
      .selectAll()
      .select(nowMs().as('at'))
      .where('name', '=', name)
      .executeTakeFirst()
    if (!found) return undefined
    const { at, ...guard } = found
    const judged = judgeLock(guard, policy, at)
    if (judged.guard !== guard) return undefined
    if (judged.answer) return judged.answer
    const { all, abandoned } = await countAttempts({ nowMs }, read, name)
    return abandoned === 0 && guard.failed + all >= policy.threshold ? { kind: 'wait' } : undefined
  })

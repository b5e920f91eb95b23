import type { Clock, RandomBytes } from '@etcdmonitor/core/time'
import type { Kysely } from 'kysely'
import type { StateDatabase } from '../sql/state-database.ts'
import type { StateTables } from '../sql/state-tables.ts'
import { unavailable } from '../sql/unavailable.ts'
import { withinLimit } from '../sql/within-limit.ts'
import { isConflict } from './postgres-errors.ts'

const LIMIT = 6_000
const MAX_RETRIES = 3

export interface TransactDeps {
  readonly db: Kysely<StateTables>
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>
  readonly random: RandomBytes
}

/** Transactions at READ COMMITTED, whatever the server's default; one that met another runs again after 10 to 50 ms. */
export function createTransact({ db, clock, random }: TransactDeps): StateDatabase['transact'] {
  return (work, limit = LIMIT) => {
    const end = clock.monotonic() + limit
    const attempt = () =>
      db
        .transaction()
        .setIsolationLevel('read committed')
        .execute(async (tx) => {
          const result = await work(tx)
          if (clock.monotonic() > end) throw unavailable('the caller was told that nothing was done')
          return result
        })
    return withinLimit(clock, limit, () => retryConflicts(attempt, { clock, random }))
  }
}

async function retryConflicts<T>(
  attempt: () => Promise<T>,
  { clock, random }: Omit<TransactDeps, 'db'>,
): Promise<T> {
  for (let retries = 0; ; retries += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!isConflict(error) || retries === MAX_RETRIES) throw error
      const [jitter = 0] = random(1)
      await clock.sleep(10 + (jitter * 40) / 255, NEVER)
    }
  }
}

const NEVER = new AbortController().signal

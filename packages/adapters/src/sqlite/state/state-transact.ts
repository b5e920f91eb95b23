import type { Clock, RandomBytes } from '@etcdmonitor/core/time'
import type { Kysely } from 'kysely'
import type { StateDatabase } from '../../sql/state-database.ts'
import type { StateTables } from '../../sql/state-tables.ts'
import { unavailable } from '../../sql/unavailable.ts'
import { withinLimit } from '../../sql/within-limit.ts'
import { isBusy } from '../result-code.ts'

const LIMIT = 6_000

export interface TransactDeps {
  readonly db: Kysely<StateTables>
  /** Asked before each. @throws AppError when nothing may be written */
  readonly check: () => void
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>
  readonly random: RandomBytes
}

/**
 * Transactions of this process one after the other; while another process writes, `BEGIN IMMEDIATE` is tried again after 5 to 25 ms,
 * for the driver's own waiting would stop the process.
 */
export function createTransact({ db, check, clock, random }: TransactDeps): StateDatabase['transact'] {
  return (work, limit = LIMIT) => {
    const end = clock.monotonic() + limit
    const attempt = () =>
      db.transaction().execute((tx) => {
        if (clock.monotonic() > end) throw unavailable('the caller has left the queue')
        check()
        return work(tx)
      })
    return withinLimit(clock, limit, () => retryBusy(attempt, { end, clock, random }))
  }
}

async function retryBusy<T>(
  attempt: () => Promise<T>,
  { end, clock, random }: Omit<TransactDeps, 'db' | 'check'> & { readonly end: number },
): Promise<T> {
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (!isBusy(error) || clock.monotonic() > end) throw error
      const [jitter = 0] = random(1)
      await clock.sleep(5 + (jitter * 20) / 255, NEVER)
    }
  }
}

const NEVER = new AbortController().signal

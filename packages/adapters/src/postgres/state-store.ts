import { AppError, StartRefused } from '@etcdmonitor/core/errors'
import type { StateStore } from '@etcdmonitor/core/ports/state-store'
import type { Secret } from '@etcdmonitor/core/secret'
import type { Clock, RandomBytes } from '@etcdmonitor/core/time'
import { type Dialect, Kysely, PostgresDialect, sql } from 'kysely'
import { Client } from 'pg'
import { sqlStateStore } from '../sql/sql-state-store.ts'
import type { StateDatabase } from '../sql/state-database.ts'
import type { StateTables } from '../sql/state-tables.ts'
import { unavailable } from '../sql/unavailable.ts'
import { withinLimit } from '../sql/within-limit.ts'
import { checkSchema, migrate, migratingDialect } from './migrate.ts'
import { toStateError } from './postgres-errors.ts'
import { openPool, type PoolOptions } from './postgres-pool.ts'
import { createTransact } from './postgres-transact.ts'

const LIMIT = 6_000
/** Six attempts at one name wait for each other's row, which takes seconds on a machine under load. */
const SERVING = { statement: 5_000, lock: 4_000 }
/** Somebody else may be migrating a large store. */
const MIGRATING = { statement: 60_000, lock: 60_000, size: 1 }
const RETRY = 500
/** "etcm" */
const EXCLUSIVE = 0x6574636d

export interface PostgresStateOptions {
  readonly url: Secret
  /** Connections at once, at most. */
  readonly poolSize: number
  /** `api` or `cli`: the server's list of connections shows it. */
  readonly kind: 'api' | 'cli'
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>
  readonly random: RandomBytes
  /** The store's clock as part of a statement; without it the server's. */
  readonly nowMs?: StateDatabase['nowMs']
}

export interface PostgresState {
  /** While the server does not answer, all its calls say so. */
  readonly state: StateStore
  /** Settles when the schema is this program's. @throws StartRefused when it cannot be */
  readonly ready: Promise<void>
}

/**
 * The state store on PostgreSQL 13 or newer, for any number of processes (storage.md 7.5). Does not wait for the server: while that is
 * away it is asked again every half second.
 * @throws StartRefused when the URL cannot be read
 */
export function openPostgresState(options: PostgresStateOptions): PostgresState {
  const { clock } = options
  const closing = new AbortController()
  let obstacle: AppError | undefined = unavailable('the state store is being opened')
  const whenReady = async <T>(call: () => Promise<T>): Promise<T> => {
    if (obstacle) throw unavailable('the state store has not answered yet', obstacle)
    return call()
  }
  const place = placeOf(options)
  const state = stateOn(place, options, { whenReady, onClose: () => closing.abort() })

  async function prepare(): Promise<void> {
    while (obstacle && !closing.signal.aborted) {
      obstacle = await tryTo(migrate, place)
      if (obstacle) await clock.sleep(RETRY, closing.signal)
    }
  }
  const ready = prepare()
  ready.catch(() => undefined) // for who asks; until then, and after it, all calls say that the store is away
  return { state, ready }
}

/**
 * The same store for a command beside running processes: asks the server once, and leaves its schema as it is.
 * @throws StartRefused when the URL cannot be read or the schema is not this program's; AppError `auth_store_unavailable`
 */
export async function openExistingPostgresState(options: PostgresStateOptions): Promise<StateStore> {
  const place = placeOf(options)
  const obstacle = await tryTo(checkSchema, place)
  if (obstacle) throw obstacle
  return stateOn(place, options, { whenReady: (call) => call(), onClose: () => undefined })
}

type Place = Pick<PoolOptions, 'url' | 'application'>

function placeOf({ url, kind }: PostgresStateOptions): Place {
  checkUrl(url.reveal())
  return { url: url.reveal(), application: `etcdmonitor-${kind}` }
}

interface Opening {
  readonly whenReady: <T>(call: () => Promise<T>) => Promise<T>
  readonly onClose: () => void
}

function stateOn(
  place: Place,
  { poolSize, clock, random, nowMs = serverNowMs }: PostgresStateOptions,
  { whenReady, onClose }: Opening,
): StateStore {
  const db = openKysely(new PostgresDialect({ pool: openPool({ ...place, ...SERVING, size: poolSize }) }))
  const transact = createTransact({ db, clock, random })
  return sqlStateStore({
    clock,
    random,
    nowMs,
    holds: (text, part) => sql`position(${part} in lower(${text} collate "C")) > 0`,
    excludeOthers: async (tx) => void (await sql`select pg_advisory_xact_lock(${EXCLUSIVE})`.execute(tx)),
    transact: (work, limit) => whenReady(() => transact(work, limit)),
    look: (work, limit = LIMIT) => whenReady(() => withinLimit(clock, limit, () => work(db))),
    translate: toStateError,
    async close() {
      onClose()
      await db.destroy()
    },
  })
}

const openKysely = (dialect: Dialect) => new Kysely<StateTables>({ dialect })

const serverNowMs = () => sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`

/** Why the server did not answer; undefined when all is done. */
async function tryTo(
  act: (db: Kysely<StateTables>) => Promise<void>,
  place: Place,
): Promise<AppError | undefined> {
  const db = openKysely(migratingDialect(openPool({ ...place, ...MIGRATING })))
  try {
    await act(db)
    return undefined
  } catch (error) {
    const translated = toStateError(error)
    if (translated instanceof AppError) return translated
    throw translated
  } finally {
    await db.destroy()
  }
}

/** The driver reads it, and the certificates that it names, only when it connects. */
function checkUrl(url: string): void {
  try {
    new Client({ connectionString: url })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StartRefused([`storage.state.url: cannot be used: ${reason}`], { cause: error })
  }
}

import { Socket } from 'node:net'
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import { DatabaseError, Pool, type PoolClient, TypeOverrides, types } from 'pg'
import { admit } from '../sql/admit.ts'
import { unavailable } from '../sql/unavailable.ts'
import { isFatal } from './postgres-errors.ts'

const CONNECTING = 2_000
const IDLE = 30_000
/** After the server's own limit: only a server that hangs meets it. */
const SLACK = 1_000
const CLOSING = 1_000
const INT8 = 20
const BYTEA = 17

export interface PoolOptions {
  readonly url: string
  readonly size: number
  /** `application_name`. */
  readonly application: string
  /** ms that a statement may take, and that it may wait for a lock. */
  readonly statement: number
  readonly lock: number
}

/**
 * Connections for Kysely, made when needed (storage.md 7.5). What the driver throws without a word of the server (no connection, a
 * broken one, no answer) becomes AppError `auth_store_unavailable`; the server's own errors stay as they are.
 */
export function openPool({ url, size, application, statement, lock }: PoolOptions): PostgresPool {
  const sockets = new Set<Socket>()
  const pool = new Pool({
    connectionString: url,
    max: size,
    application_name: application,
    connectionTimeoutMillis: CONNECTING,
    idleTimeoutMillis: IDLE,
    keepAlive: true,
    query_timeout: statement + SLACK,
    types: ourTypes(),
    stream() {
      const socket = new Socket()
      sockets.add(socket)
      return socket.once('close', () => sockets.delete(socket))
    },
    // awaited, though its type does not say so; unlike parameters of the connection, they pass through poolers and the URL cannot undo them
    onConnect: (client): unknown =>
      client.query(
        `set synchronous_commit = on; set statement_timeout = ${statement}; set lock_timeout = ${lock}; ` +
          `set idle_in_transaction_session_timeout = ${2 * statement}`,
      ),
  })
  // without a listener an error event ends the process: the pool listens to a connection only while it is idle
  pool.on('error', ignore)
  pool.on('connect', (client) => client.on('error', ignore))

  return {
    options: pool.options,
    async connect() {
      try {
        return toClient(await pool.connect())
      } catch (error) {
        throw toUnreachable(error)
      }
    },
    async end() {
      // a server that hangs never takes leave
      const overrun = setTimeout(() => {
        for (const socket of sockets) socket.destroy()
      }, CLOSING)
      await pool.end()
      if (sockets.size === 0) clearTimeout(overrun)
    },
  }
}

/** The call that uses the connection learns of it; one that is idle is replaced. */
const ignore = () => undefined

/** Once it is broken, or may still get the answer to an earlier statement, it says so at once and is not used again. */
function toClient(client: PoolClient): PostgresPoolClient {
  let broken: unknown
  async function query(text: string, parameters: readonly unknown[]) {
    if (broken) throw unavailable('the connection to the state store broke', broken)
    const values = parameters.map(admitHere)
    try {
      return await client.query(text, values)
    } catch (error) {
      if (!(error instanceof DatabaseError) || isFatal(error)) broken = error
      throw toUnreachable(error)
    }
  }
  return {
    query: query as unknown as PostgresPoolClient['query'], // its other form takes a cursor, of which Kysely has none here
    release: () => client.release(broken !== undefined),
  }
}

/** Kysely asks for tables with flags; no column of ours takes one. */
const admitHere = (value: unknown) => (typeof value === 'boolean' ? value : admit(value))

const toUnreachable = (error: unknown): unknown =>
  error instanceof DatabaseError ? error : unavailable('the state store cannot be reached', error)

/** Rows as SQLite gives them: numbers, and bytes that are no part of a greater buffer. */
function ourTypes(): TypeOverrides {
  const overrides = new TypeOverrides()
  const toBuffer = types.getTypeParser(BYTEA)
  overrides.setTypeParser(INT8, Number)
  overrides.setTypeParser(BYTEA, (text) => new Uint8Array(toBuffer(text)))
  return overrides
}

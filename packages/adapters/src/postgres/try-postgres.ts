import type { Secret } from '@etcdmonitor/core/secret'
import { toStateError } from './postgres-errors.ts'
import { openPool } from './postgres-pool.ts'

const LIMIT = 5_000

/** Connects once and asks nothing that changes anything. @throws AppError `auth_store_unavailable` */
export async function tryPostgres(url: Secret): Promise<void> {
  const limits = { statement: LIMIT, lock: LIMIT }
  const pool = openPool({ url: url.reveal(), size: 1, application: 'etcdmonitor-cli', ...limits })
  try {
    const client = await pool.connect()
    client.release()
  } catch (error) {
    throw toStateError(error)
  } finally {
    await pool.end()
  }
}

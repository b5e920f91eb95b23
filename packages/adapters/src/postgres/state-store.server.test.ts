import { auditLogContract } from '@etcdmonitor/core/contracts/audit-log'
import { runStoreContract } from '@etcdmonitor/core/contracts/run-store'
import { stateStoreContract } from '@etcdmonitor/core/contracts/state-store'
import type { StateStore } from '@etcdmonitor/core/ports/state-store'
import { toSecret } from '@etcdmonitor/core/secret'
import type { Clock } from '@etcdmonitor/core/time'
import { needServer } from '@etcdmonitor/rig/need-server'
import { type Postgres, startPostgres } from '@etcdmonitor/rig/postgres'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { systemClock } from '../node/clock.ts'
import { randomBytes } from '../node/random.ts'
import { stateSweepContract } from '../sql/state-sweep.contract.ts'
import { openPostgresState } from './state-store.ts'

needServer('postgres', () => {
  let postgres: Postgres
  let url: string
  let schemas = 0
  beforeAll(async () => {
    postgres = await startPostgres()
    await postgres.query("create role appender login password 'x'")
  })
  afterAll(() => postgres[Symbol.asyncDispose]())
  beforeEach(async () => {
    schemas += 1
    await postgres.query(`create schema test_${schemas}`)
    url = `${postgres.url}?options=-c%20search_path%3Dtest_${schemas}`
  })

  const open = async (clock?: Pick<Clock, 'now'>, as = url): Promise<StateStore> => {
    const { state, ready } = openPostgresState({
      url: toSecret(as),
      poolSize: 10,
      kind: 'api',
      clock: systemClock,
      random: randomBytes,
      ...(clock && { nowMs: () => sql<number>`${clock.now()}::bigint` }),
    })
    await ready
    return state
  }

  /** As a role that may change no row of the audit log. */
  const openAppender = async (clock: Pick<Clock, 'now'>): Promise<StateStore> => {
    await (await open())[Symbol.asyncDispose]()
    const schema = `test_${schemas}`
    await postgres.query(`grant usage on schema ${schema} to appender;
      grant select, insert, update, delete on all tables in schema ${schema} to appender;
      revoke update on ${schema}.audit_log from appender`)
    return open(clock, url.replace(/\/\/.*@/, '//appender:x@'))
  }

  stateStoreContract('postgres', open, async (clock) => [await open(clock), await open(clock)])
  runStoreContract('postgres', async (clock) => [await open(clock), await open(clock)])
  auditLogContract('postgres', open, async (clock) => [await open(clock), await open(clock)])
  auditLogContract('C23 postgres, without the right to UPDATE', openAppender, async (clock) => [
    await openAppender(clock),
    await openAppender(clock),
  ])
  stateSweepContract(async (clock) => ({
    store: await open(clock),
    bytes: 'bytea',
    async query(statement) {
      const [first = ''] = await postgres.query(`set search_path to test_${schemas}; ${statement}`)
      return first
    },
  }))
})

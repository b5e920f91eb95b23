import type { StateStore } from '@etcdmonitor/core/ports/state-store'
import { toSecret } from '@etcdmonitor/core/secret'
import { type Postgres, startPostgres } from '@etcdmonitor/rig/postgres'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { systemClock as clock } from '../node/clock.ts'
import { randomBytes as random } from '../node/random.ts'
import { openPostgresState, type PostgresState } from './state-store.ts'

export const ADMIN = { id: 'A', username: 'admin', passwordHash: 'h', mustChangePassword: false }
export const SESSION = {
  idHash: new Uint8Array(32),
  userId: 'A',
  kid: 'k',
  expiresAt: 0,
  address: '',
  userAgent: '',
}

/** What this machine may add to a limit, ms. */
export const SLACK = 1_500

export interface Schemas {
  /** One server for the file. */
  readonly server: () => Postgres
  /** The empty schema of this test, and the URL of a store in it. */
  readonly schema: () => string
  readonly url: () => string
  /** A store that ends with the test; by default in that schema. */
  begin(url?: string): PostgresState
  open(url?: string): Promise<StateStore>
  /** With the account ADMIN. */
  openFilled(): Promise<StateStore>
}

/** For the tests of a file: a PostgreSQL of theirs, with a schema for each. */
export function givenSchemas(): Schemas {
  let server: Postgres
  let schema: string
  let count = 0
  const opened: PostgresState[] = []
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server[Symbol.asyncDispose]())
  beforeEach(async () => {
    count += 1
    schema = `test_${count}`
    await server.query(`create schema ${schema}`)
  })
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(({ state }) => state[Symbol.asyncDispose]()))
  })
  const url = () => `${server.url}?options=-c%20search_path%3D${schema}`

  function begin(at = url()): PostgresState {
    const begun = openPostgresState({ url: toSecret(at), poolSize: 4, kind: 'api', clock, random })
    opened.push(begun)
    return begun
  }
  async function open(at?: string): Promise<StateStore> {
    const { state, ready } = begin(at)
    await ready
    return state
  }
  return {
    server: () => server,
    schema: () => schema,
    url,
    begin,
    open,
    async openFilled() {
      const store = await open()
      await store.accounts.createFirst(ADMIN)
      return store
    },
  }
}

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { systemClock as clock } from '@etcdmonitor/adapters/node/clock'
import { randomBytes as random } from '@etcdmonitor/adapters/node/random'
import { openPostgresState } from '@etcdmonitor/adapters/postgres/state-store'
import { openSqliteState } from '@etcdmonitor/adapters/sqlite/state/state-store'
import type { StateStore } from '@etcdmonitor/core/ports/state-store'
import { toSecret } from '@etcdmonitor/core/secret'
import { startPostgres } from '@etcdmonitor/rig/postgres'
import { ensureServer } from '@etcdmonitor/rig/servers'

/** A database server, or a folder of files. */
export interface StateDatabases extends AsyncDisposable {
  /** A state store of its own, and the way to put rows into it. */
  open(name: string): Promise<StateStore & { readonly execute: (statement: string) => Promise<unknown> }>
}

export async function openSqliteDatabases(folder: string): Promise<StateDatabases> {
  return {
    async open(name) {
      const file = join(folder, name, 'state.db')
      mkdirSync(join(folder, name))
      const store = await openSqliteState(file, { clock, random })
      const execute = async (statement: string) => {
        using db = new DatabaseSync(file)
        db.exec(statement)
      }
      return { ...store, execute }
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** A server that does not wait for its disk. */
export async function openPostgresDatabases(): Promise<StateDatabases | { readonly missing: string }> {
  const server = await ensureServer('postgres')
  if ('missing' in server) return server
  const postgres = await startPostgres()
  return {
    async open(name) {
      await postgres.query(`create schema ${name}`)
      const url = toSecret(`${postgres.url}?options=-c%20search_path%3D${name}`)
      const { state, ready } = openPostgresState({ url, poolSize: 10, kind: 'api', clock, random })
      await ready
      const execute = (statement: string) => postgres.query(`set search_path to ${name}; ${statement}`)
      return { ...state, execute }
    },
    [Symbol.asyncDispose]: () => postgres[Symbol.asyncDispose](),
  }
}

import { join } from 'node:path'
import type { FaultProxy } from '@etcdmonitor/rig/fault-proxy'
import type { Postgres } from '@etcdmonitor/rig/postgres'
import { changePassword, startApi, untilReady } from './call-api.ts'
import { type Console, NEW_PASSWORD } from './console.ts'
import { FIRST_PASSWORD, openSharedState } from './shared-state.ts'

export interface ApiGroup extends AsyncDisposable {
  /** One more API process on the same store, signed in; by `way`, it goes to PostgreSQL through this proxy. */
  add(way?: Pick<FaultProxy, 'port'>): Promise<Console>
}

export interface ApiGroupOptions {
  readonly endpoints: readonly string[]
  /** In a schema of its own, which has to be there; else they share a SQLite file. */
  readonly postgres?: { readonly server: Pick<Postgres, 'url'>; readonly schema: string }
  /** Beside what every API is told. */
  readonly env?: Readonly<Record<string, string>>
}

/** API processes that share their state and their key, and so are one console; they end with the group. */
export function openApiGroup({ endpoints, postgres, env }: ApiGroupOptions): ApiGroup {
  const shared = openSharedState()
  const storeBy = (way: Pick<FaultProxy, 'port'> | undefined) => {
    if (!postgres) return { ETCDMONITOR_STORAGE_DATA_DIR: join(shared.folder, 'data') }
    const url = new URL(postgres.server.url)
    if (way) url.port = String(way.port)
    return shared.onPostgres(url.href, postgres.schema)
  }
  const apis: Console[] = []
  return {
    async add(way) {
      const api = await startApi(shared.folder, { ...storeBy(way), ...env }, endpoints)
      apis.push(api)
      await untilReady(api)
      if (apis.length === 1) await changePassword(api, FIRST_PASSWORD, NEW_PASSWORD)
      await api.signIn()
      return api
    },
    async [Symbol.asyncDispose]() {
      for (const { program } of apis) program.resume() // one that is stopped would not hear that it is to end
      await Promise.all(apis.map((api) => api[Symbol.asyncDispose]()))
      shared[Symbol.dispose]()
    },
  }
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const FIRST_PASSWORD = 'first of several'

/** What several APIs on one state have in common, in files of a folder that goes with it. */
export interface SharedState extends Disposable {
  /** Has the file `first-password`; the APIs may have their data there. */
  readonly folder: string
  /** Settings of an API that keeps its state in the PostgreSQL of that URL: in this schema, which has to be there, else in `public`. */
  onPostgres(url: string, schema?: string): PostgresSettings
}

interface PostgresSettings extends Readonly<Record<string, string>> {
  readonly ETCDMONITOR_STORAGE_STATE_URL: string
}

export function openSharedState(): SharedState {
  const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-shared-'))
  const secret = join(folder, 'secret')
  writeFileSync(secret, 'c2V2ZXJhbCBBUElzIGhhdmUgb25lIGFuZCB0aGUgc2FtZSBrZXk\n', { mode: 0o600 })
  const first = join(folder, 'first-password')
  writeFileSync(first, FIRST_PASSWORD)
  return {
    folder,
    onPostgres: (url, schema = 'public') => ({
      ETCDMONITOR_STORAGE_STATE_DRIVER: 'postgres',
      ETCDMONITOR_STORAGE_STATE_URL: `${url}?options=-c%20search_path%3D${schema}`,
      ETCDMONITOR_AUTH_SECRET_FILE: secret,
      ETCDMONITOR_AUTH_INITIAL_ADMIN_PASSWORD_FILE: first,
    }),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

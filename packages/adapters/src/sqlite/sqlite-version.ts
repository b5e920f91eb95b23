import { DatabaseSync } from 'node:sqlite'
import { StartRefused } from '@etcdmonitor/core/errors'

/** Older ones corrupt a file with two connections when the write-ahead log is reset (storage.md 1). */
const NEEDED = [3, 51, 3]

/** @throws StartRefused when the SQLite in this Node is too old */
export function requireSqlite(version = sqliteVersion()): void {
  if (isAtLeast(version.split('.').map(Number), NEEDED)) return
  throw new StartRefused([
    `this Node has SQLite ${version}, which may damage its files; wanted ${NEEDED.join('.')} or newer: use a newer Node`,
  ])
}

function isAtLeast(version: readonly number[], needed: readonly number[]): boolean {
  for (const [i, wanted] of needed.entries()) {
    const part = version[i] ?? 0
    if (part !== wanted) return part > wanted
  }
  return true
}

function sqliteVersion(): string {
  using memory = new DatabaseSync(':memory:')
  return String(memory.prepare('SELECT sqlite_version() AS version').get()?.version)
}

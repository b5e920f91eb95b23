import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartRefused } from '@etcdmonitor/core/errors'

const KEPT = 3
const PARTIAL = '.partial'

export interface Migrated {
  readonly from: number
  readonly to: number
  /** Unix ms. */
  readonly at: number
}

/**
 * Copies `file` to `<file>.bak-v<from>-<time>` (0600), whole and checked; of such copies the newest three stay. The caller holds the write
 * lock, so that the copy is what the migration begins with, and is made by one process.
 * @throws StartRefused when there is no good copy; then nothing of it is left
 */
export function copyBeforeMigration(file: string, { from, to, at }: Migrated): void {
  const copy = `${file}.bak-v${from}-${new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`
  const draft = `${copy}${PARTIAL}`
  try {
    for (const name of namesOf(file)) if (name.endsWith(PARTIAL)) rmSync(name)
    closeSync(openSync(draft, 'wx', 0o600)) // SQLite fills an empty file, and keeps its mode
    fill(file, draft)
    check(draft, from)
    sync(draft)
    renameSync(draft, copy)
    sync(dirname(file))
    for (const name of namesOf(file).slice(KEPT)) rmSync(name)
  } catch (error) {
    rmSync(draft, { force: true })
    const problem = `cannot be copied before it is migrated from schema ${from} to ${to}`
    const cure = 'make room in its folder for a second file of its size. It was not changed'
    throw new StartRefused([`${file}: ${problem}: ${String(error)}; ${cure}`], { cause: error })
  }
}

/** By a connection of its own: the writing one is in a transaction, the reading one may write nothing. */
function fill(file: string, draft: string): void {
  using db = new DatabaseSync(file, { readOnly: true })
  db.prepare('VACUUM INTO ?').run(draft)
}

function check(draft: string, version: number): void {
  using db = new DatabaseSync(draft, { readOnly: true })
  const [found] = Object.values(db.prepare('PRAGMA integrity_check(1)').get() ?? {})
  if (found !== 'ok') throw new Error(`the copy is damaged: ${found}`)
  const stored = db.prepare('PRAGMA user_version').get()?.user_version
  if (stored !== version) throw new Error(`the copy has schema ${stored}`)
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Copies of ours, finished or not, the newest first. */
function namesOf(file: string): readonly string[] {
  const timeOf = (name: string) => /\.bak-v\d+-(\d{8}T\d{6}Z)(?:\.partial)?$/.exec(name)?.[1]
  return readdirSync(dirname(file))
    .filter((name) => name.startsWith(`${basename(file)}.bak-`) && timeOf(name) !== undefined)
    .toSorted((a, b) => (timeOf(b) ?? '').localeCompare(timeOf(a) ?? ''))
    .map((name) => join(dirname(file), name))
}

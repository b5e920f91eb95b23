import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartRefused } from '@etcdmonitor/core/errors'
import { unavailable } from '../../sql/unavailable.ts'
import { resultCode } from '../result-code.ts'
import { toStateError } from './state-errors.ts'

/** "etcs" */
const APPLICATION_ID = 0x65746373
/** Opening may meet another process in its first transaction. */
const OPENING_TIMEOUT = 5_000
const OWNERSHIP =
  'give it and its folder to the user that runs this program, or name another storage.data_dir'

export interface StateFile {
  readonly path: string
  /** Of what was opened; undefined in memory. */
  readonly inode: number | undefined
  readonly writer: DatabaseSync
  readonly reader: DatabaseSync
}

/**
 * Opens (and makes, 0600 whatever the umask) the state file; `:memory:` has one connection for both.
 * @throws StartRefused when it is foreign, damaged, of another user, or newer than `version`; nothing is written then. AppError
 * `auth_store_unavailable` when a later start may find it usable, as on a full disk
 */
export const openStateFile = (file: string, version: number): StateFile =>
  refusing(file, () => {
    if (file !== ':memory:') makeFile(file)
    const writer = openWriter(file)
    checkFile(writer, file, version)
    writer.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA journal_mode = WAL`)
    return {
      path: file,
      inode: inodeOf(file),
      writer,
      reader: file === ':memory:' ? writer : openReader(file),
    }
  })

/**
 * Opens the state file as another process made it.
 * @throws StartRefused when it is missing, foreign, damaged, of another user, or of another schema than `version`; AppError as `openStateFile`
 */
export const openExistingStateFile = (file: string, version: number): StateFile =>
  refusing(file, () => {
    if (!existsSync(file))
      throw new StartRefused([
        `${file}: does not exist; start the API first, which makes it once, or restore it`,
      ])
    const writer = openWriter(file)
    const stored = checkFile(writer, file, version)
    if (stored < version)
      throw refuse(
        file,
        `has schema ${stored}, this program knows ${version}`,
        undefined,
        'start the API of this release first, which brings it up to date',
      )
    return { path: file, inode: inodeOf(file), writer, reader: openReader(file) }
  })

/** Primary result codes of SQLite that a restart does not cure. */
const REFUSALS: ReadonlyMap<number, readonly [reason: string, cure?: string]> = new Map([
  [8, ['cannot be written', OWNERSHIP]],
  [11, ['is damaged']],
  [14, ['cannot be opened', OWNERSHIP]],
  [26, ['is damaged']],
])

function refusing<T>(file: string, open: () => T): T {
  try {
    return open()
  } catch (error) {
    const [reason, cure] = REFUSALS.get(resultCode(error) ?? -1) ?? []
    throw reason === undefined ? toStateError(error, file) : refuse(file, reason, error, cure)
  }
}

/** What is waited for a lock from now on: short, for the driver blocks the process meanwhile. */
export function setServingTimeouts({ writer, reader }: StateFile): void {
  reader.exec('PRAGMA busy_timeout = 50')
  writer.exec('PRAGMA busy_timeout = 5')
}

/**
 * SQLite writes on into a file that was deleted, and says nothing: all of it is gone with the last process that has it open.
 * @throws AppError `auth_store_unavailable` while the path does not lead to what was opened
 */
export function checkPlace({ path, inode }: Pick<StateFile, 'path' | 'inode'>): void {
  const found = inodeOf(path)
  if (found === inode) return
  const cause = new Error(
    `${path}: ${found === undefined ? 'does not exist any more' : 'is another file than the one that is open'}; put back the file that was there, or stop the API and restore it from a backup. Until then nobody signs in and nothing is changed: it would be lost with this process`,
  )
  throw unavailable(`the state store was ${found === undefined ? 'deleted' : 'replaced'}`, cause)
}

const inodeOf = (file: string): number | undefined =>
  file === ':memory:' ? undefined : statSync(file, { throwIfNoEntry: false })?.ino

/** What Kysely leaves open: it closes no connection that was never used. The writer last, for it alone can empty the log. */
export function closeStateFile({ writer, reader }: StateFile): void {
  for (const connection of [reader, writer]) if (connection.isOpen) connection.close()
}

/** Number of the last migration, 0 = a new file. */
export const versionOf = ({ writer }: StateFile): number => numberOf(writer, 'PRAGMA user_version')

export const setVersion = ({ writer }: StateFile, version: number): void =>
  writer.exec(`PRAGMA user_version = ${version}`)

function makeFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600)) // SQLite gives its side files the same mode
}

function openWriter(file: string): DatabaseSync {
  const writer = new DatabaseSync(file, { timeout: OPENING_TIMEOUT, enableForeignKeyConstraints: true })
  writer.exec(`PRAGMA synchronous = FULL; PRAGMA trusted_schema = 0; PRAGMA secure_delete = FAST;
    PRAGMA cache_size = -8192`)
  return writer
}

function openReader(file: string): DatabaseSync {
  const reader = new DatabaseSync(file, { timeout: OPENING_TIMEOUT })
  reader.exec('PRAGMA query_only = 1; PRAGMA trusted_schema = 0; PRAGMA cache_size = -8192')
  return reader
}

/** @returns the number of its last migration */
function checkFile(db: DatabaseSync, file: string, version: number): number {
  const found = numberOf(db, 'PRAGMA application_id')
  const isEmpty = numberOf(db, 'SELECT count(*) FROM sqlite_schema') === 0
  if (found !== APPLICATION_ID && !(found === 0 && isEmpty))
    throw refuse(file, 'is no state database of etcdmonitor')
  const stored = numberOf(db, 'PRAGMA user_version')
  if (stored > version)
    throw refuse(
      file,
      `has schema ${stored}, this program knows ${version}`,
      undefined,
      'start the newer release',
    )
  const [check] = Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {})
  if (check !== 'ok') throw refuse(file, 'is damaged')
  return stored
}

const numberOf = (db: DatabaseSync, query: string): number =>
  Number(Object.values(db.prepare(query).get() ?? {})[0])

const refuse = (
  file: string,
  reason: string,
  cause?: unknown,
  cure = 'restore it from a backup, or name another storage.data_dir',
) => new StartRefused([`${file}: ${reason}; ${cure}. It was not changed`], { cause })

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartRefused } from '@etcdmonitor/core/errors'
import { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../node/clock.ts'
import { randomBytes } from '../../node/random.ts'
import { stateMigrations } from '../../sql/state-migrations.ts'
import { sqliteDialect } from './state-dialect.ts'
import { openExistingSqliteState, openSqliteState } from './state-store.ts'

const AT = Date.UTC(2026, 8, 21, 14, 13, 20)
const COPY = 'state.db.bak-v4-20260921T141320Z'
const MIGRATIONS = stateMigrations({
  instant: 'integer',
  flag: 'integer',
  bytes: 'blob',
  identity: 'autoincrement',
})
const VERSION = Object.keys(MIGRATIONS).length

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-copy-'))
  file = join(folder, 'state.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (now = AT) =>
  openSqliteState(file, { clock: { ...systemClock, now: () => now }, random: randomBytes })

/** A file as the release before left it: schema 4, one account, and a row that is still in the write-ahead log. */
async function plantOldFile(): Promise<DatabaseSync> {
  const database = new DatabaseSync(file)
  database.exec('PRAGMA journal_mode = WAL; PRAGMA application_id = 0x65746373')
  const migrator = new Migrator({
    db: new Kysely({ dialect: sqliteDialect(database) }),
    provider: { getMigrations: async () => MIGRATIONS },
    migrationTableName: 'schema_migrations',
    migrationLockTableName: 'schema_migrations_lock',
  })
  const { error } = await migrator.migrateTo('0004-panel-configs')
  if (error) throw error
  database.exec(`PRAGMA user_version = 4;
    INSERT INTO users VALUES ('A', 'admin', 'hash', 'admin', 0, 1, 1, 1, 1, NULL);
    INSERT INTO panel_configs VALUES ('A', '{"panels":[]}', 1)`)
  return database
}

const copies = () => readdirSync(folder).filter((name) => name.includes('.bak-'))
const versionOf = (path: string) => {
  using db = new DatabaseSync(path, { readOnly: true })
  return db.prepare('PRAGMA user_version').get()?.user_version
}

describe('a state file of an older schema', () => {
  it('is copied before it is migrated: whole, of the old schema, readable by its owner alone', async () => {
    const before = process.umask(0)
    try {
      ;(await plantOldFile()).close()
      await using store = await open()
      expect(await store.accounts.find('admin')).toMatchObject({ id: 'A' })
    } finally {
      process.umask(before)
    }
    expect([copies(), versionOf(file)]).toEqual([[COPY], VERSION])
    const copy = join(folder, COPY)
    expect(statSync(copy).mode & 0o777).toBe(0o600)
    using db = new DatabaseSync(copy, { readOnly: true })
    expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 4 })
    expect(db.prepare('SELECT document FROM panel_configs').all()).toEqual([{ document: '{"panels":[]}' }])
  })

  it('is opened from its copy as from the file itself', async () => {
    ;(await plantOldFile()).close()
    await (await open())[Symbol.asyncDispose]()
    for (const name of readdirSync(folder)) if (name !== COPY) rmSync(join(folder, name))
    writeFileSync(file, readFileSync(join(folder, COPY)))
    await using store = await open(AT + 1_000)
    expect(await store.accounts.find('admin')).toMatchObject({ id: 'A' })
  })

  it('is copied once when three open it at once, with what a release before it wrote last', async () => {
    using old = await plantOldFile()
    old.exec("INSERT INTO login_guards VALUES ('late', 1, 0, 1)")
    const stores = await Promise.all([open(), open(), open()])
    await Promise.all(stores.map((store) => store[Symbol.asyncDispose]()))
    expect(copies()).toEqual([COPY])
    using db = new DatabaseSync(join(folder, COPY), { readOnly: true })
    expect(db.prepare('SELECT name FROM login_guards').all()).toEqual([{ name: 'late' }])
  })

  it('keeps the newest three copies, and none that a kill left half done', async () => {
    ;(await plantOldFile()).close()
    const older = ['v1-20250101T000000Z', 'v3-20260201T000000Z', 'v2-20260301T000000Z', 'v3-20260901T000000Z']
    for (const name of [...older, 'v4-20260901T000000Z.partial'])
      writeFileSync(`${file}.bak-${name}`, 'before')
    writeFileSync(join(folder, 'state.db.bak-mine'), 'of the operator')
    await (await open())[Symbol.asyncDispose]()
    expect(copies()).toEqual([
      'state.db.bak-mine',
      'state.db.bak-v2-20260301T000000Z',
      'state.db.bak-v3-20260901T000000Z',
      COPY,
    ])
  })

  it('is not migrated when it cannot be copied', async () => {
    ;(await plantOldFile()).close()
    mkdirSync(join(folder, COPY)) // the name is taken
    const refused = await open().catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(StartRefused)
    expect(String(refused)).toMatch(
      /state\.db: cannot be copied before it is migrated from schema 4 to \d+: /,
    )
    expect(versionOf(file)).toBe(4)
    expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([])
  })
})

it('makes no copy of a new file, of one that is up to date, nor for a command', async () => {
  await (await open())[Symbol.asyncDispose]()
  await (await open(AT + 1_000))[Symbol.asyncDispose]()
  const store = openExistingSqliteState(file, { clock: systemClock, random: randomBytes })
  await store[Symbol.asyncDispose]()
  expect(existsSync(file)).toBe(true)
  expect(copies()).toEqual([])
})

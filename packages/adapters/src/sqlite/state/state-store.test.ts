import { randomBytes as randomBytesOfNode } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { anEvent, anIntent } from '@etcdmonitor/core/contracts/audit-entries'
import { auditLogContract } from '@etcdmonitor/core/contracts/audit-log'
import { runStoreContract } from '@etcdmonitor/core/contracts/run-store'
import { attemptChange, attemptSignIn, lockAndFill, POLICY } from '@etcdmonitor/core/contracts/state-attempts'
import { stateStoreContract } from '@etcdmonitor/core/contracts/state-store'
import { StartRefused } from '@etcdmonitor/core/errors'
import type { StateStore } from '@etcdmonitor/core/ports/state-store'
import type { Clock } from '@etcdmonitor/core/time'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../node/clock.ts'
import { randomBytes } from '../../node/random.ts'
import { stateSweepContract } from '../../sql/state-sweep.contract.ts'
import { openExistingSqliteState, openSqliteState } from './state-store.ts'

const options = (clock: Pick<Clock, 'now'> = systemClock) => ({
  clock: { ...systemClock, now: clock.now },
  random: randomBytes,
})

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-state-'))
  file = join(folder, 'made', 'state.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const opened = (clock?: Pick<Clock, 'now'>) => openSqliteState(file, options(clock))

stateStoreContract('sqlite in memory', (clock) => openSqliteState(':memory:', options(clock)))
stateStoreContract('sqlite', opened, async (clock) => [await opened(clock), await opened(clock)])
auditLogContract('sqlite in memory', (clock) => openSqliteState(':memory:', options(clock)))
runStoreContract('sqlite', async (clock) => [await opened(clock), await opened(clock)])
auditLogContract('sqlite', opened, async (clock) => [await opened(clock), await opened(clock)])
stateSweepContract(async (clock) => ({
  store: await opened(clock),
  bytes: 'blob',
  async query(statement) {
    using db = new DatabaseSync(file)
    return String(Object.values(db.prepare(statement).get() ?? {})[0])
  },
}))

const admin = { id: 'A', username: 'admin', passwordHash: 'h', mustChangePassword: false }
const audit = anEvent()

async function makeFilled(): Promise<void> {
  {
    await using store = await opened()
    await store.accounts.createFirst(admin)
  }
  using db = new DatabaseSync(file)
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
}

describe('the state file', () => {
  it('C33 is readable by its owner alone, with its side files and the folder, under umask 000', async () => {
    const before = process.umask(0)
    try {
      await using store = await opened()
      await store.accounts.createFirst(admin)
      const modes = readdirSync(join(folder, 'made')).map((name) => [
        name,
        statSync(join(folder, 'made', name)).mode & 0o777,
      ])
      expect(Object.fromEntries(modes)).toEqual({
        'state.db': 0o600,
        'state.db-wal': 0o600,
        'state.db-shm': 0o600,
      })
      expect(statSync(join(folder, 'made')).mode & 0o777).toBe(0o700)
    } finally {
      process.umask(before)
    }
  })

  it('keeps the mode of a folder that it did not make', async () => {
    chmodSync(folder, 0o755)
    await using _ = await openSqliteState(join(folder, 'state.db'), options())
    expect(statSync(folder).mode & 0o777).toBe(0o755)
  })

  it('keeps accounts and sessions from one opening to the next', async () => {
    {
      await using store = await opened()
      await store.accounts.createFirst(admin)
    }
    await using again = await opened()
    expect(await again.accounts.find('admin')).toMatchObject({ id: 'A' })
  })

  it('has the marks of its kind and version, full synchronisation and a write-ahead log', async () => {
    await using _ = await opened()
    using db = new DatabaseSync(file)
    const pragma = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]
    expect(pragma('application_id')).toBe(1_702_126_451)
    expect(pragma('user_version')).toBe(6)
    expect(pragma('journal_mode')).toBe('wal')
  })

  it('is alone after it was closed, also by who only opened it', async () => {
    await (await opened())[Symbol.asyncDispose]()
    expect(readdirSync(join(folder, 'made'))).toEqual(['state.db'])
  })

  it.each([
    ['deleted', () => {}],
    ['replaced', (aside: string) => copyFileSync(aside, file)],
  ])(
    'takes no change once it was %s, which would be lost, and goes on when it is back',
    async (told, put) => {
      await using store = await opened()
      await store.accounts.createFirst(admin)
      const aside = join(folder, 'aside')
      renameSync(file, aside)
      put(aside)
      const change = { name: 'admin', to: 'reset', audit }
      await expect(store.accounts.resetPassword(change)).rejects.toMatchObject({
        code: 'auth_store_unavailable',
        message: `the state store was ${told}`,
        cause: { message: expect.stringContaining(`${file}: `) },
      })
      await expect(store.audit.intent(anIntent('ACT'))).rejects.toMatchObject({ code: 'audit_unavailable' })
      expect(await store.accounts.find('admin')).toMatchObject({ passwordHash: 'h' })
      expect(await store.health()).toBe('degraded')

      renameSync(aside, file)
      expect(await store.accounts.resetPassword(change)).toBe('changed')
      expect(await store.health()).toBe('ok')
    },
  )

  it('is opened for the first time by five at once', async () => {
    const stores = await Promise.all([1, 2, 3, 4, 5].map(() => opened()))
    expect(await Promise.all(stores.map(({ accounts }) => accounts.count()))).toEqual([0, 0, 0, 0, 0])
    await Promise.all(stores.map((store) => store[Symbol.asyncDispose]()))
  })
})

describe('a file that must exist', () => {
  const openExisting = () => openExistingSqliteState(file, options())

  it('is opened beside a process that has it open', async () => {
    await using store = await opened()
    await store.accounts.createFirst(admin)
    await using beside = openExisting()
    expect(await beside.accounts.list()).toMatchObject([{ username: 'admin' }])
    expect(await beside.accounts.resetPassword({ name: 'admin', to: 'reset', audit })).toBe('changed')
    expect(await store.accounts.find('admin')).toMatchObject({ passwordHash: 'reset' })
  })

  it('is not made when it is missing', () => {
    expect(openExisting).toThrow(StartRefused)
    expect(openExisting).toThrow(
      /state\.db: does not exist; start the API first, which makes it once, or restore it/,
    )
    expect(readdirSync(folder)).toEqual([])
  })

  it('is refused as it stands when its schema is older', async () => {
    await (await opened())[Symbol.asyncDispose]()
    {
      using db = new DatabaseSync(file)
      db.exec('PRAGMA user_version = 1')
    }
    const before = readFileSync(file)
    expect(openExisting).toThrow(/has schema 1, this program knows \d; start the API of this release first/)
    expect(readFileSync(file)).toEqual(before)
  })

  it.runIf(process.getuid?.() === 0)(
    'stays of its owner, with its side files, when root opens it',
    async () => {
      await (await opened())[Symbol.asyncDispose]()
      chownSync(file, 65_532, 65_532)
      await using store = openExisting()
      await store.accounts.add(admin, audit)
      const names = readdirSync(join(folder, 'made'))
      expect(names.toSorted()).toEqual(['state.db', 'state.db-shm', 'state.db-wal'])
      expect(names.map((name) => statSync(join(folder, 'made', name)).uid)).toEqual([65_532, 65_532, 65_532])
    },
  )
})

describe('a file that cannot be the state', () => {
  const refusedWith = async (reason: RegExp) => {
    const before = readFileSync(file)
    const error = await opened().catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(StartRefused)
    expect(String(error)).toMatch(reason)
    expect(readFileSync(file)).toEqual(before)
  }

  it('C11 refuses a file that is no database', async () => {
    file = join(folder, 'state.db')
    writeFileSync(file, randomBytesOfNode(8_192))
    await refusedWith(/state\.db: is damaged; restore it from a backup/)
  })

  it('C11 refuses a database with a damaged page', async () => {
    await makeFilled()
    const bytes = readFileSync(file)
    bytes.fill(0xff, 4_096, 8_192)
    writeFileSync(file, bytes)
    await refusedWith(/is damaged/)
  })

  it('refuses a file that cannot be opened, and says what to do', async () => {
    file = join(folder, 'state.db')
    mkdirSync(file)
    const reason = /state\.db: cannot be opened; give it and its folder to the user that runs this program/
    await expect(opened()).rejects.toThrow(StartRefused)
    await expect(opened()).rejects.toThrow(reason)
    expect(() => openExistingSqliteState(file, options())).toThrow(reason)
  })

  it('refuses the database of another program', async () => {
    file = join(folder, 'state.db')
    {
      using db = new DatabaseSync(file)
      db.exec('CREATE TABLE theirs (a)')
    }
    await refusedWith(/is no state database of etcdmonitor/)
  })

  it('refuses a newer schema', async () => {
    await makeFilled()
    {
      using db = new DatabaseSync(file)
      db.exec('PRAGMA user_version = 99')
    }
    await refusedWith(/has schema 99, this program knows \d; start the newer release/)
  })
})

describe('a transaction', () => {
  const session = {
    idHash: new Uint8Array(32),
    userId: 'A',
    kid: 'k',
    expiresAt: 0,
    address: '',
    userAgent: '',
  }
  const signIn = { verified: 'h', session, rehash: 'rehashed' }
  const change = { userId: 'A', verified: 'h', to: 'changed' }

  it.each([
    ['signIn', 'UPDATE ON users'],
    ['signIn', 'INSERT ON sessions'],
    ['signIn', 'INSERT ON audit_log'],
    ['changePassword', 'UPDATE ON users'],
    ['changePassword', 'DELETE ON sessions'],
    ['changePassword', 'INSERT ON audit_log'],
    ['resetPassword', 'DELETE ON login_guards'],
    ['resetPassword', 'UPDATE ON users'],
    ['resetPassword', 'DELETE ON sessions'],
    ['resetPassword', 'INSERT ON audit_log'],
  ] as const)('SC-4 of %s leaves nothing when %s fails', async (method, statement) => {
    await using store = await opened()
    await store.accounts.createFirst(admin)
    if (method !== 'signIn') await attemptSignIn(store, { verified: 'h', session })
    const before = await store.accounts.find('admin')
    using db = new DatabaseSync(file)
    db.exec(`CREATE TRIGGER fault BEFORE ${statement} BEGIN SELECT RAISE(ABORT, 'fault'); END`)
    const acts = {
      signIn: () => attemptSignIn(store, signIn),
      changePassword: () => attemptChange(store, change),
      resetPassword: () => store.accounts.resetPassword({ name: 'admin', to: 'reset', audit }),
    }
    await expect(acts[method]()).rejects.toThrow('fault')
    db.exec('DROP TRIGGER fault')
    expect(await store.accounts.find('admin')).toEqual(before)
    expect((await store.sessions.find(session.idHash)) !== undefined).toBe(method !== 'signIn')
    expect(await attemptChange(store, change)).toBe('changed')
  })
})

it('SC-4 tells what failed when SQLite has rolled back by itself', async () => {
  await using store = await opened()
  await store.accounts.createFirst(admin)
  using db = new DatabaseSync(file)
  db.exec("CREATE TRIGGER fault BEFORE INSERT ON login_guards BEGIN SELECT RAISE(ROLLBACK, 'fault'); END")
  await expect(store.guard.reserve('admin', { threshold: 5, durationSeconds: 900 })).rejects.toThrow('fault')
  db.exec('DROP TRIGGER fault')
  expect(await store.guard.reserve('admin', { threshold: 5, durationSeconds: 900 })).toMatchObject({
    kind: 'granted',
  })
})

describe('a store that is away', () => {
  let store: StateStore
  beforeEach(async () => {
    store = await opened()
    await store.accounts.createFirst(admin)
  })
  afterEach(() => store[Symbol.asyncDispose]())

  it('SC-15 says so after the limit while another process writes, reads meanwhile, and works again', async () => {
    const clock = quickClock()
    await using late = await openSqliteState(file, { clock, random: randomBytes })
    using other = new DatabaseSync(file)
    other.exec('BEGIN IMMEDIATE')
    const change = { userId: 'A', verified: 'h', to: 'i' }
    await expect(attemptChange(late, change)).rejects.toMatchObject({
      code: 'auth_store_unavailable',
    })
    expect(clock.slept).toBeGreaterThanOrEqual(6_000)
    expect(await late.accounts.find('admin')).toMatchObject({ passwordHash: 'h' })
    expect(await late.health()).toBe('degraded')
    other.exec('ROLLBACK')
    expect(await attemptChange(late, change)).toBe('changed')
    expect(await late.health()).toBe('ok')
  })

  it('waits for another process that writes', async () => {
    using other = new DatabaseSync(file)
    other.exec('BEGIN IMMEDIATE')
    const changing = attemptChange(store, { userId: 'A', verified: 'h', to: 'i' })
    expect(await store.accounts.count()).toBe(1) // a turn of the event loop: the change has met the lock
    other.exec('COMMIT')
    expect(await changing).toBe('changed')
  })

  it('C1 answers attempts that are not let through while another process writes', async () => {
    const clock = quickClock()
    await using late = await openSqliteState(file, { clock, random: randomBytes })
    await lockAndFill(late.guard)
    using other = new DatabaseSync(file)
    other.exec('BEGIN IMMEDIATE')
    expect(await late.guard.reserve('locked', POLICY)).toMatchObject({ kind: 'locked' })
    expect(await late.guard.reserve('full', POLICY)).toEqual({ kind: 'wait' })
    await expect(late.guard.reserve('other', POLICY)).rejects.toMatchObject({
      code: 'auth_store_unavailable',
    })
  })

  it('lets a session in although the note of its being seen cannot be written', async () => {
    const session = {
      idHash: new Uint8Array(32),
      userId: 'A',
      kid: 'k',
      expiresAt: 0,
      address: '',
      userAgent: '',
    }
    await attemptSignIn(store, { verified: 'h', session })
    await using later = await openSqliteState(file, {
      clock: { ...quickClock(), now: () => Date.now() + 3_600_000 },
      random: randomBytes,
    })
    using other = new DatabaseSync(file)
    other.exec('BEGIN IMMEDIATE')
    expect(await later.sessions.find(session.idHash)).toMatchObject({ username: 'admin' })
  })

  /** Sleeps end at once, and time has passed. */
  function quickClock() {
    const clock = {
      slept: 0,
      now: () => Date.now(),
      monotonic: () => clock.slept,
      async sleep(ms: number, signal: AbortSignal) {
        if (ms >= 100)
          return new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        clock.slept += 50 * ms
        await new Promise((resolve) => setImmediate(resolve))
      },
    }
    return clock
  }
})

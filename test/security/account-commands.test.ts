// proves: C2 C46
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { needServer } from '@etcdmonitor/rig/need-server'
import { type Postgres, startPostgres } from '@etcdmonitor/rig/postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand, typeAtCommand } from '../setup/console/command.ts'
import { type Console, NEW_PASSWORD, startConsole } from '../setup/console/console.ts'
import { eventually, lastInVain } from '../setup/eventually.ts'

const ROUNDS = process.env.TEST_SUITE === 'full' ? 50 : 1 // of processes; the stores themselves are shown by their contract
const OTHER_PASSWORD = 'another password only for tests'
const FIRST_PASSWORD = 'first of those commands'

type Settings = Readonly<Record<string, string>>

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** What holds of the commands beside an API on this store. Each test leaves `admin` with NEW_PASSWORD. */
function accountCommands(store: string, settings: (folder: string) => Promise<Settings> | Settings): void {
  describe(`beside an API on ${store}`, () => {
    let folder: string
    let env: Settings
    let api: Console
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-commands-'))
      writeFileSync(join(folder, 'first-password'), FIRST_PASSWORD)
      env = {
        ETCDMONITOR_STORAGE_DATA_DIR: join(folder, 'data'),
        ETCDMONITOR_AUTH_INITIAL_ADMIN_PASSWORD_FILE: join(folder, 'first-password'),
        ...(await settings(folder)),
      }
      const rate = { ETCDMONITOR_AUTH_LOGIN_RATE_PER_MINUTE: '0' }
      api = await startConsole({
        endpoints: ['http://127.0.0.1:1'],
        command: 'api',
        env: { ...rate, ...env },
      })
      await eventually('ready', async () => (await api.get('/readyz')).status === 200)
      await change('admin', FIRST_PASSWORD, NEW_PASSWORD)
    })
    afterAll(async () => {
      await api[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    })

    const run = (...args: string[]) => runCommand(args, env)
    const done = async (...args: string[]) => {
      const ended = await run(...args)
      expect([ended.code, ended.stderr]).toEqual([0, expect.not.stringMatching(/error|at file:/i)])
      return ended.stdout.trimEnd()
    }
    const logIn = (username: string, password: string): Promise<Answer> =>
      api.post('/api/auth/login', { username, password })
    const change = (username: string, old_password: string, new_password: string): Promise<Answer> =>
      api.post('/api/auth/change-password', { username, old_password, new_password })
    const statusWith = async (token: unknown) => {
      const headers = { Authorization: `Bearer ${token}` }
      const signal = AbortSignal.timeout(60_000)
      return (await fetch(`${api.url}/api/status`, { headers, signal, redirect: 'error' })).status
    }
    const endsWithinASecond = async (token: unknown) =>
      expect(await lastInVain('refused', async () => (await statusWith(token)) === 401)).toBeLessThan(1_000)

    it('C2 adds a second account that can sign in, and change its own password first', async () => {
      const password = await done('users', 'add', 'Bob', '--generate')
      expect(password).toMatch(/^[2-9a-zA-Z]{20}$/)
      expect((await logIn('bob', password)).body).toMatchObject({ must_change_password: true })
      expect((await change('bob', password, OTHER_PASSWORD)).status).toBe(200)
      expect((await logIn('bob', OTHER_PASSWORD)).status).toBe(200)
      const lines = (await done('users', 'list')).split('\n')
      const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`
      expect(lines).toEqual([
        expect.stringMatching(`^admin  enabled   own password      created ${time}  last login never$`),
        expect.stringMatching(`^bob    enabled   own password      created ${time}  last login ${time}$`),
      ])
      expect(await run('users', 'add', 'bob', '--generate')).toEqual({
        code: 1,
        stdout: '',
        stderr: 'etcdmonitor: there is an account bob already\n',
      })
    })

    it('C46 disables an account: out within a second, then an unknown name; enabled, the old password works', async () => {
      const { body } = await logIn('bob', OTHER_PASSWORD)
      expect(await statusWith(body.session_token)).toBe(200)
      await done('users', 'disable', 'bob')
      await endsWithinASecond(body.session_token)
      const seen = async (name: string) => {
        const { status, body: problem } = await logIn(name, OTHER_PASSWORD)
        return { status, ...problem, instance: '' }
      }
      expect(await seen('bob')).toEqual(await seen('nobody'))
      await done('users', 'disable', 'bob')
      expect(await done('users', 'list')).toMatch(/^bob {4}disabled {2}own password/m)
      await done('users', 'enable', 'bob')
      expect((await logIn('bob', OTHER_PASSWORD)).status).toBe(200)
      expect(await statusWith(body.session_token)).toBe(401)
    })

    it(`C46 refuses one of two that disable the last two at once, ${ROUNDS} time(s)`, {
      timeout: 240_000 + ROUNDS * 30_000,
    }, async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const ended = await Promise.all(['admin', 'bob'].map((name) => run('users', 'disable', name)))
        expect(ended.map(({ code }) => code).toSorted()).toEqual([0, 1])
        const [name, other] = ended[0]?.code === 0 ? ['admin', 'bob'] : ['bob', 'admin']
        expect(ended.find(({ code }) => code === 1)?.stderr).toBe(
          `etcdmonitor: ${other} is the last enabled account; add or enable another one first\n`,
        )
        await done('users', 'enable', name)
      }
    })

    it('C2 unlocks a name at once, and leaves sessions alone', async () => {
      const { body } = await logIn('admin', NEW_PASSWORD)
      for (let i = 0; i < 5; i += 1) await logIn('admin', `wrong ${i}`)
      expect((await logIn('admin', NEW_PASSWORD)).body.code).toBe('account_locked')
      await done('unlock')
      expect((await logIn('admin', NEW_PASSWORD)).status).toBe(200)
      expect(await statusWith(body.session_token)).toBe(200)
      expect(await run('unlock', '--username', 'amdin')).toEqual({
        code: 1,
        stdout: '',
        stderr: 'etcdmonitor: there is no account amdin; etcdmonitor users list shows all\n',
      })
    })

    it('A4 resets a password: sessions and lock end, the old one is over, the new one must be changed', async () => {
      const { body } = await logIn('admin', NEW_PASSWORD)
      for (let i = 0; i < 5; i += 1) await logIn('admin', `wrong ${i}`)
      const published = join(folder, 'data', 'initial-admin-password')
      mkdirSync(dirname(published), { recursive: true })
      writeFileSync(published, 'a first password that is over\n')
      const password = await done('reset-password', '--generate')
      await endsWithinASecond(body.session_token)
      expect(existsSync(published)).toBe(false)
      expect((await logIn('admin', NEW_PASSWORD)).body.code).toBe('invalid_credentials')
      expect((await logIn('admin', password)).body).toMatchObject({ must_change_password: true })
      expect((await change('admin', password, NEW_PASSWORD)).status).toBe(200)
      expect((await logIn('admin', NEW_PASSWORD)).status).toBe(200)
      expect(api.program.logs()).not.toContain(password)
    })

    it('A4 asks for a password at a terminal, twice and unseen, and judges it by the rules', async () => {
      const typed = 'päss word typed 😀'
      const { code, shown } = await typeAtCommand(['reset-password', '--username', 'bob'], env, [
        { prompt: 'new password of bob: ', answer: 'password1' },
        { prompt: 'new password of bob: ', answer: typed },
        { prompt: 'once more: ', answer: `${typed}!` },
        { prompt: 'new password of bob: ', answer: typed },
        { prompt: 'once more: ', answer: typed },
      ])
      expect([code, shown]).toEqual([0, expect.stringContaining('reset the password of bob')])
      expect(shown).toMatch(/it is a common one, or little more than/)
      expect(shown).toMatch(/the two are not the same/)
      expect(shown).not.toMatch(/password1|typed 😀/)
      expect((await logIn('bob', typed)).body).toMatchObject({ must_change_password: true })
    })

    it('changes nothing when the terminal is left, or the rules are broken three times', async () => {
      const left = await typeAtCommand(['reset-password'], env, [
        { prompt: 'new password of admin: ', answer: 'half a pass\u0003' },
      ])
      expect([left.code, left.shown]).toEqual([1, expect.stringContaining('broken off; nothing was changed')])
      const short = await typeAtCommand(
        ['reset-password'],
        env,
        [1, 2, 3].map(() => ({ prompt: 'new password of admin: ', answer: 'short' })),
      )
      expect(short.code).toBe(1)
      expect(short.shown).toMatch(/it needs at least 8 characters; nothing was changed/)
      expect((await logIn('admin', NEW_PASSWORD)).status).toBe(200)
    })

    it('A4 is audited, by the name of this host', async () => {
      const { body } = await logIn('admin', NEW_PASSWORD)
      const headers = { Authorization: `Bearer ${body.session_token}` }
      const signal = AbortSignal.timeout(60_000)
      const url = `${api.url}/api/ops/audit-logs?page_size=1000&username=local@${hostname()}`
      const answer = await fetch(url, { headers, signal, redirect: 'error' })
      const { entries } = (await answer.json()) as { entries: { operation: string; target: string }[] }
      const acts = new Set(entries.map(({ operation, target }) => `${operation} ${target}`))
      const file = `initial_password_file_deleted ${join(folder, 'data', 'initial-admin-password')}`
      const wanted = [
        file,
        'cli_user_add bob',
        'cli_user_disable bob',
        'cli_user_enable bob',
        'cli_unlock admin',
      ]
      const resets = ['cli_reset_password admin', 'cli_reset_password bob']
      expect([...acts]).toEqual(expect.arrayContaining([...wanted, ...resets]))
      expect([...acts].filter((act) => act.endsWith('amdin'))).toEqual([])
    })

    it('exports the audit log as CSV, newest first, and records that', async () => {
      const rowsOf = async (...args: string[]) =>
        (await done('audit-export', ...args)).split('\r\n').filter((row) => row.startsWith('"'))
      await done('users', 'enable', 'admin')
      await done('unlock')
      const [first = '', second = '', ...rest] = await rowsOf()
      expect(first).toMatch(`"local@${hostname()}","audit_export","audit log","success: ok"`)
      expect(second).toMatch(`"local@${hostname()}","cli_unlock","admin","success: ok"`)
      expect(rest.length).toBeGreaterThan(5)
      expect(await rowsOf('--to', '2020-01-01')).toEqual([])
      expect((await rowsOf('--from', '2020-01-01')).length).toBe(rest.length + 4)
    })

    it('takes no password that is piped or stands in the command line', async () => {
      expect(await run('reset-password')).toMatchObject({
        code: 64,
        stderr: expect.stringContaining('a password is typed at a terminal alone, not piped'),
      })
      expect((await run('reset-password', 'a password for all to see')).code).toBe(64)
      expect((await run('users', 'add', 'Ünknown', '--generate')).code).toBe(1)
      expect((await logIn('admin', NEW_PASSWORD)).status).toBe(200)
    })
  })
}

accountCommands('a SQLite file', () => ({}))

it('refuses with 78 what no API has made, and makes nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-none-'))
  const env = { ETCDMONITOR_STORAGE_DATA_DIR: join(folder, 'data') }
  for (const args of [['users', 'list'], ['unlock'], ['reset-password', '--generate']])
    expect(await runCommand(args, env)).toEqual({
      code: 78,
      stdout: '',
      stderr: `${folder}/data/state.db: does not exist; start the API first, which makes it once, or restore it\n`,
    })
  expect(existsSync(join(folder, 'data'))).toBe(false)
  rmSync(folder, { recursive: true })
})

needServer('postgres', () => {
  let postgres: Postgres
  beforeAll(async () => {
    postgres = await startPostgres()
  })
  afterAll(() => postgres[Symbol.asyncDispose]())

  const onPostgres = (folder: string, schema: string) => {
    const secret = join(folder, 'secret')
    writeFileSync(secret, 'Y29tbWFuZHMgYmVzaWRlIEFQSXMgb24gUG9zdGdyZVNRTCBrZXk\n', { mode: 0o600 })
    return {
      ETCDMONITOR_STORAGE_STATE_DRIVER: 'postgres',
      ETCDMONITOR_STORAGE_STATE_URL: `${postgres.url}?options=-c%20search_path%3D${schema}`,
      ETCDMONITOR_AUTH_SECRET_FILE: secret,
    }
  }

  accountCommands('PostgreSQL', (folder) => onPostgres(folder, 'public'))

  it('C10 makes the first account of a store that has none, which the API waits for', async () => {
    await postgres.query('create schema fresh')
    const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-fresh-'))
    const env = { ...onPostgres(folder, 'fresh'), ETCDMONITOR_STORAGE_DATA_DIR: folder }
    expect((await runCommand(['users', 'list'], env)).stderr).toMatch(/the store has schema 0, this program/)
    await using api = await startConsole({ endpoints: ['http://127.0.0.1:1'], command: 'api', env })
    const { json } = await api.program.waitForLine((line) => line.json?.event === 'no_account')
    expect(json?.message).toMatch(/or run etcdmonitor users add NAME$/)
    const { code, stdout } = await runCommand(['users', 'add', 'carol', '--generate'], env)
    expect(code).toBe(0)
    await eventually('ready', async () => (await api.get('/readyz')).status === 200)
    const login = { username: 'carol', password: stdout.trimEnd() }
    expect((await api.post('/api/auth/login', login)).body).toMatchObject({ must_change_password: true })
    rmSync(folder, { recursive: true })
  })

  it('says with 1 that the server does not answer', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-away-'))
    const env = { ...onPostgres(folder, 'public'), ETCDMONITOR_STORAGE_DATA_DIR: folder }
    const away = { ...env, ETCDMONITOR_STORAGE_STATE_URL: 'postgres://user:hunter2@127.0.0.1:1/db' }
    const { code, stderr } = await runCommand(['users', 'list'], away)
    expect([code, stderr]).toEqual([
      1,
      'etcdmonitor: the state store cannot be reached: connect ECONNREFUSED 127.0.0.1:1\n',
    ])
    rmSync(folder, { recursive: true })
  })
})

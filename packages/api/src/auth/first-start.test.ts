import { AppError, StartRefused } from '@etcdmonitor/core/errors'
import type { StateStore } from '@etcdmonitor/core/ports/state-store'
import { beforeEach, describe, expect, it } from 'vitest'
import { type ApiRig, openApi } from '../api-rig.contract.ts'
import { awaitSharedAccount, ensureFirstAccount, type FirstStartPlace } from './first-start.ts'

/** Dies at the step that it is told: what is done before it stays done. */
class Killed extends Error {}

interface Folder {
  password?: string | undefined
  marker: boolean
  published: number
}

/** The files of a data folder, in memory, on which a start dies before or after a step. */
function placeIn(
  folder: Folder,
  { dieBefore = '', dieAfter = '', configured = () => undefined }: PlaceOptions = {},
): FirstStartPlace {
  const step = async (name: string, act: () => void) => {
    if (name === dieBefore) throw new Killed(name)
    act()
    if (name === dieAfter) throw new Killed(name)
  }
  return {
    readConfiguredPassword: () => configured(),
    passwordFile: '/data/initial-admin-password',
    publishPassword: (password) =>
      step('publish', () => {
        folder.password = password
        folder.published += 1
      }),
    async discardPassword() {
      const isThere = folder.password !== undefined
      await step('discard', () => (folder.password = undefined))
      return isThere
    },
    isInitialized: () => folder.marker,
    marker: 'data/initialized',
    markInitialized: () => step('mark', () => (folder.marker = true)),
  }
}

interface PlaceOptions {
  readonly dieBefore?: string
  readonly dieAfter?: string
  readonly configured?: () => string | undefined
}

let api: ApiRig
let folder: Folder
beforeEach(async () => {
  api = await openApi()
  folder = { marker: false, published: 0 }
})

const start = (options?: PlaceOptions, state: StateStore = api.deps.state) =>
  ensureFirstAccount({ ...api.deps, state }, placeIn(folder, options))

/** The password of the file is the one that works, and there is one account. */
async function expectOneAdmin(): Promise<void> {
  expect(await api.deps.state.accounts.count()).toBe(1)
  expect(folder.password).toMatch(/^[2-9a-zA-Z]{20}$/)
  const { json } = await api.login('admin', folder.password)
  expect(json).toEqual({ username: 'admin', must_change_password: true, authenticated: false })
  expect(folder.marker).toBe(true)
}

describe('the first start', () => {
  it('makes one account with the password of the file, and logs where that is', async () => {
    await start()
    await expectOneAdmin()
    const line = api.lines.find(({ event }) => event === 'first_account_created')
    expect(line?.fields).toEqual({ username: 'admin', password_file: '/data/initial-admin-password' })
    expect(JSON.stringify(api.lines)).not.toContain(folder.password)
  })

  it('changes nothing at the second start, nor at one whose marker is missing', async () => {
    await start()
    const { password } = folder
    folder.marker = false
    await start()
    expect(folder).toEqual({ password, marker: true, published: 1 })
    await expectOneAdmin()
  })

  it.each([{ dieBefore: 'publish' }, { dieAfter: 'publish' }, { dieBefore: 'mark' }, { dieAfter: 'mark' }])(
    'C10 leads to one admin and one password after a death: %j',
    async (death) => {
      await expect(start(death)).rejects.toThrow(Killed)
      await start()
      await expectOneAdmin()
    },
  )

  it('C10 leads to one admin and one password when the commit fails after the file was written', async () => {
    const { accounts } = api.deps.state
    const createFirst: typeof accounts.createFirst = (account, publish) =>
      accounts.createFirst(account, async () => {
        await publish?.()
        throw new Killed('commit')
      })
    await expect(start({}, { ...api.deps.state, accounts: { ...accounts, createFirst } })).rejects.toThrow(
      Killed,
    )
    expect(folder.password).toBeDefined()
    expect(await accounts.count()).toBe(0)
    await start()
    await expectOneAdmin()
  })

  it('C10 leads to one admin and one password with eight starts at once', async () => {
    await Promise.all(Array.from({ length: 8 }, () => start()))
    expect(folder.published).toBe(1)
    await expectOneAdmin()
  })

  it('C10 goes on when another start makes account and mark while it looks', async () => {
    const { accounts } = api.deps.state
    const count = async () => {
      const before = await accounts.count()
      await start()
      return before
    }
    await start({}, { ...api.deps.state, accounts: { ...accounts, count } })
    expect(folder.published).toBe(1)
    await expectOneAdmin()
  })

  it('takes a configured password and writes no file', async () => {
    await start({ configured: () => 'from a mounted file' })
    expect(folder).toMatchObject({ published: 0, marker: true })
    expect((await api.login('admin', 'from a mounted file')).json).toMatchObject({
      must_change_password: true,
    })
  })

  it('needs the configured password once: its file may be gone afterwards', async () => {
    const gone = () => {
      throw new StartRefused(['auth.initial_admin_password_file: does not exist'])
    }
    await expect(start({ configured: gone })).rejects.toThrow(StartRefused)
    await start({ configured: () => 'from a mounted file' })
    await start({ configured: gone })
    expect(await api.deps.state.accounts.count()).toBe(1)
  })

  it('C11 refuses an empty store that has had accounts', async () => {
    folder.marker = true
    await expect(start()).rejects.toThrow(StartRefused)
    await expect(start()).rejects.toThrow(/restore state\.db, or delete data\/initialized to/)
    expect(await api.deps.state.accounts.count()).toBe(0)
  })

  it('deletes the file at a start after the first change, and goes on when it cannot', async () => {
    await start()
    const { password } = folder
    await api.post('/api/auth/change-password', {
      username: 'admin',
      old_password: password,
      new_password: 'changed now',
    })
    await start({ dieBefore: 'discard' })
    expect(folder.password).toBe(password)
    expect(api.lines.find(({ level }) => level === 'error')?.event).toBe('initial_password_file_not_deleted')
    await start()
    expect(folder.password).toBeUndefined()
  })

  it('audits the end of the file, also when it stays, but no start without one', async () => {
    await start()
    await api.post('/api/auth/change-password', {
      username: 'admin',
      old_password: folder.password,
      new_password: 'changed now',
    })
    await start({ dieBefore: 'discard' })
    await start()
    await start()
    const { entries } = await api.deps.state.audit.page(
      { operation: 'initial_password_file_deleted' },
      { size: 10 },
    )
    const target = '/data/initial-admin-password'
    expect(entries).toMatchObject([
      { target, username: '', verdict: 'succeeded', message: 'ok' },
      { target, username: '', verdict: 'failed', message: 'the file could not be deleted' },
    ])
  })
})

describe('a store that several hosts share', () => {
  const stop = new AbortController()
  const wait = (options?: PlaceOptions, state: StateStore = api.deps.state) =>
    awaitSharedAccount({ ...api.deps, state }, placeIn(folder, options), stop.signal)
  const told = () =>
    api.lines.filter(({ event }) => event === 'no_account').map(({ fields }) => fields?.message)

  it('gets no account by itself, and says so every minute until somebody made one', async () => {
    const waiting = wait()
    await api.clock.advance(119_000)
    expect(told()).toEqual(
      Array(2).fill(
        expect.stringMatching(
          /name a file .* in auth\.initial_admin_password_file, or run etcdmonitor users add NAME$/,
        ),
      ),
    )
    expect(await api.deps.state.accounts.count()).toBe(0)
    expect(folder).toEqual({ marker: false, published: 0 })
    await start({ configured: () => 'made by another host' })
    await api.clock.advance(1_000)
    await waiting
    expect(told()).toHaveLength(2)
  })

  it('gets it from the configured password, once for all who start', async () => {
    await Promise.all([1, 2, 3].map(() => wait({ configured: () => 'from a mounted file' })))
    expect(await api.deps.state.accounts.count()).toBe(1)
    expect((await api.login('admin', 'from a mounted file')).json).toMatchObject({
      must_change_password: true,
    })
    expect(folder).toEqual({ marker: false, published: 0 })
    expect(told()).toEqual([])
  })

  it('may be away, and is asked again', async () => {
    const { accounts } = api.deps.state
    let isAway = true
    const count = async () => {
      if (isAway) throw new AppError('auth_store_unavailable', 'away')
      return accounts.count()
    }
    const waiting = wait(
      { configured: () => 'from a mounted file' },
      { ...api.deps.state, accounts: { ...accounts, count } },
    )
    await api.clock.advance(3_000)
    expect(told()).toEqual([])
    expect(api.lines.filter(({ event }) => event === 'state_store_away')).toHaveLength(1)
    isAway = false
    await api.clock.advance(1_000)
    await waiting
    expect(await accounts.count()).toBe(1)
  })

  it('is not waited for once the process is asked to stop', async () => {
    const stopping = new AbortController()
    const waiting = awaitSharedAccount(api.deps, placeIn(folder), stopping.signal)
    await api.clock.settle()
    stopping.abort()
    await waiting
    expect(await api.deps.state.accounts.count()).toBe(0)
  })

  it('refuses a configured password that cannot be used', async () => {
    const configured = () => {
      throw new StartRefused(['auth.initial_admin_password_file: does not exist'])
    }
    await expect(wait({ configured })).rejects.toThrow(StartRefused)
  })
})

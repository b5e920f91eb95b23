import { AppError } from '@etcdmonitor/core/errors'
import { beforeEach, expect, it, vi } from 'vitest'
import { openApi, PASSWORD } from '../../api-rig.contract.ts'
import { CHANGE, type CountingApi, NEW, openCountingApi } from './counting-api.contract.ts'

let api: CountingApi['api']
beforeEach(async () => {
  ;({ api } = await openCountingApi())
})

const change = (old_password: string, new_password: string, username = 'admin') =>
  api.post(CHANGE, { username, old_password, new_password })

it('hashes a right password anew, once, where the stored hash has other parameters', async () => {
  const older = await openApi()
  const passwordHash =
    '$argon2id$v=19$m=8192,t=1,p=1$YSBzYWx0IG9mIGEgdGVzdA$3JyJHeJSWQyMEQuCysf4LHHyE4mzLhr9PM7trx8c7NM'
  await older.addAdmin({ passwordHash })
  const stored = async () => (await older.deps.state.accounts.find('admin'))?.passwordHash
  expect((await older.login('admin', 'wrong')).status).toBe(401)
  expect(await stored()).toBe(passwordHash)
  expect((await older.login()).status).toBe(200)
  const renewed = await stored()
  expect(renewed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect((await older.login()).status).toBe(200)
  expect(await stored()).toBe(renewed)
})

it('makes a new hash of a password whose hash has other parameters', async () => {
  const old = await openApi()
  // "password", hashed elsewhere with m=256,t=2,p=1
  const passwordHash = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4'
  await old.addAdmin({ passwordHash })
  expect((await old.login('admin', 'password')).status).toBe(200)
  const stored = (await old.deps.state.accounts.find('admin'))?.passwordHash
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect((await old.login('admin', 'password')).status).toBe(200)
  expect((await old.deps.state.accounts.find('admin'))?.passwordHash).toBe(stored)
})

it('lets in all who sign in at once when the hash is made anew', async () => {
  const old = await openApi()
  const passwordHash = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4'
  await old.addAdmin({ passwordHash })
  const answers = await Promise.all([1, 2, 3, 4, 5, 6].map(() => old.login('admin', 'password')))
  expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200))
})

it('A21 M18 calls a damaged hash a bug, never a wrong password', async () => {
  const broken = await openApi()
  await broken.addAdmin({ passwordHash: '$argon2id$damaged' })
  expect(await broken.login()).toMatchObject({ status: 500, json: { code: 'internal' } })
  expect(broken.lines.find(({ level }) => level === 'error')?.fields.error).toMatchObject({
    message: 'the stored password hash of account admin is damaged',
  })
})

it('A21 tells a damaged hash also while the store does not take that the attempt is void', async () => {
  const broken = await openApi()
  await broken.addAdmin({ passwordHash: '$argon2id$damaged' })
  vi.spyOn(broken.deps.state.guard, 'settle').mockRejectedValue(
    new AppError('auth_store_unavailable', 'away'),
  )
  expect(await broken.login()).toMatchObject({ status: 500, json: { code: 'internal' } })
  expect(broken.lines.find(({ level }) => level === 'error')?.fields.error).toMatchObject({
    message: 'the stored password hash of account admin is damaged',
  })
})

it.each(['find', 'signIn'] as const)(
  'A20 C49 answers 503 to a right password while the store is away at %s',
  async (method) => {
    vi.spyOn(api.deps.state.accounts, method).mockRejectedValue(
      new AppError('auth_store_unavailable', 'away'),
    )
    expect(await api.login()).toMatchObject({ status: 503, json: { code: 'auth_store_unavailable' } })
    expect(await api.login('admin', 'wrong')).toMatchObject({ status: method === 'find' ? 503 : 401 })
  },
)

it('C7 gives no session when the password changes between its check and the session', async () => {
  const { accounts } = api.deps.state
  const signIn = accounts.signIn
  vi.spyOn(accounts, 'signIn').mockImplementationOnce(async (input) => {
    expect((await change(PASSWORD, NEW)).status).toBe(200)
    return signIn(input)
  })
  expect(await api.login()).toMatchObject({ status: 401, json: { code: 'invalid_credentials' } })
})

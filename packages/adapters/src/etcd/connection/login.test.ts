import { toSecret } from '@etcdmonitor/core/secret'
import { expect, it } from 'vitest'
import { systemClock as clock } from '../../node/clock.ts'
import { startBudget } from './call-budget.ts'
import { callError } from './call-error.ts'
import { createLogin, type LentToken } from './login.ts'

const context = { endpoint: 'http://l:2379', method: 'Auth.Authenticate', sent: true }
const learner = () => callError('learner', context, 'etcdserver: rpc not supported for learner')
const refusal = () => callError('auth_failed', context, 'etcdserver: invalid auth token')
const use = (method = 'Cluster.memberList') => ({ budget: startBudget(clock, 5_000), method })

/** Of a learner; voters lend what `lent` holds. */
function open(lent: LentToken[]) {
  let logins = 0
  const login = createLogin({
    url: 'http://l:2379',
    user: { name: 'monitor', password: toSecret('p') },
    who: () => 'monitor',
    clock,
    async authenticate() {
      logins += 1
      throw learner()
    },
    borrow: async () => lent.shift(),
    heard: () => undefined,
  })
  return { login, logins: () => logins }
}

it('ET21 sends to a learner the token of a voter', async () => {
  const { login } = open([{ token: 'v.1', refused: () => undefined }])
  expect(await login.withToken(use(), async (token) => token)).toBe('v.1')
})

it('has another token lent when the learner refuses the first one, once', async () => {
  let refused = 0
  const lend = (token: string) => ({
    token,
    refused: () => {
      refused += 1
    },
  })
  const sent: (string | undefined)[] = []
  const { login } = open([lend('v.1'), lend('v.2'), lend('v.3')])
  const send = async (token: string | undefined) => {
    sent.push(token)
    throw refusal()
  }
  await expect(login.withToken(use(), send)).rejects.toMatchObject({ failure: { kind: 'auth_failed' } })
  expect(sent).toEqual(['v.1', 'v.2'])
  expect(refused).toBe(1)
})

it('sends without a token where no voter lends one, and tells then why there is none', async () => {
  const { login } = open([])
  expect(await login.withToken(use(), async (token) => token ?? 'none')).toBe('none')
  await expect(
    login.withToken(use(), async () => {
      throw refusal()
    }),
  ).rejects.toMatchObject({ failure: { kind: 'learner' } })
})

it('lends nothing that it has not got', async () => {
  const { login } = open([{ token: 'v.1', refused: () => undefined }])
  expect(await login.lend(startBudget(clock, 5_000))).toBeUndefined()
})

it('lends its own token, and logs in anew once that was refused', async () => {
  let logins = 0
  const voter = createLogin({
    url: 'http://v:2379',
    user: { name: 'monitor', password: toSecret('p') },
    who: () => 'monitor',
    clock,
    async authenticate() {
      logins += 1
      return `v.${logins}`
    },
    borrow: async () => undefined,
    heard: () => undefined,
  })
  const first = await voter.lend(startBudget(clock, 5_000))
  expect(first?.token).toBe('v.1')
  expect((await voter.lend(startBudget(clock, 5_000)))?.token).toBe('v.1')
  first?.refused()
  expect((await voter.lend(startBudget(clock, 5_000)))?.token).toBe('v.2')
})

it('without a user, hears that authentication is off again from the call that was refused', async () => {
  const told: boolean[] = []
  const login = createLogin({
    url: 'http://l:2379',
    user: undefined,
    who: () => 'monitor',
    clock,
    authenticate: async () => '',
    borrow: async () => undefined,
    heard: (isOn) => void told.push(isOn),
  })
  const answered = async () => 'answer'
  await login.withToken(use('KV.range'), answered)
  await expect(login.withToken(use('KV.range'), () => Promise.reject(refusal()))).rejects.toThrow()
  await login.withToken(use('Maintenance.status'), answered) // 3.4 asks nobody who wants that
  expect(told).toEqual([true])
  await login.withToken(use('KV.range'), answered)
  expect(told).toEqual([true, false])
})

import { beforeEach, expect, it } from 'vitest'
import { bearer } from '../../api-rig.contract.ts'
import { type CountingApi, openCountingApi } from './counting-api.contract.ts'

let api: CountingApi['api']
beforeEach(async () => {
  ;({ api } = await openCountingApi())
})

it('A29 ends this session once, and no other', async () => {
  const [token, other] = [await api.token(), await api.token()]
  const logout = () => api.send('/api/auth/logout', { method: 'POST', headers: bearer(token) })
  expect(await logout()).toMatchObject({ status: 200, json: { message: 'Logged out' } })
  expect(await logout()).toMatchObject({ status: 401, json: { code: 'unauthenticated' } })
  expect((await api.get('/api/status', other)).status).toBe(200)
})

it('ends a session that two requests end at once for one of them', async () => {
  const token = await api.token()
  const logout = () => api.send('/api/auth/logout', { method: 'POST', headers: bearer(token) })
  const statuses = await Promise.all([logout(), logout()])
  expect(statuses.map(({ status }) => status).toSorted()).toEqual([200, 401])
})

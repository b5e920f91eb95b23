import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { randomBytes as random } from '@etcdmonitor/adapters/node/random'
import { openSqliteState } from '@etcdmonitor/adapters/sqlite/state/state-store'
import { expect, it } from 'vitest'
import { openApi } from '../api-rig.contract.ts'

it('C30 lets one address try 60 tickets at once and 300 a minute, and asks the store for no more', async () => {
  const store = await openSqliteState(':memory:', { clock: systemClock, random })
  let asked = 0
  const find: typeof store.tickets.find = (hash) => {
    asked += 1
    return store.tickets.find(hash)
  }
  const { send, clock } = await openApi({ state: { ...store, tickets: { ...store.tickets, find } } })
  const tryOne = async (peer = '192.0.2.9') =>
    (await send(`/api/ops/snapshot?ticket=${'a'.repeat(43)}`, {}, { peer })).status
  const flood = await Promise.all(Array.from({ length: 70 }, () => tryOne()))
  expect(flood.filter((status) => status === 401)).toHaveLength(60)
  expect(flood.filter((status) => status === 429)).toHaveLength(10)
  expect(asked).toBe(60)
  expect(await tryOne('192.0.2.10')).toBe(401)
  await clock.advance(200)
  expect([await tryOne(), await tryOne()]).toEqual([401, 429])
})

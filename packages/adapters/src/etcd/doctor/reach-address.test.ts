import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock as clock } from '../../node/clock.ts'
import { startBudget } from '../connection/call-budget.ts'
import { lookUpAll, reachOne } from './reach-address.ts'

let server: Server
let port = 0
let connections = 0
beforeEach(async () => {
  connections = 0
  server = createServer((socket) => {
    connections += 1
    socket.on('error', () => undefined).resume()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  port = (server.address() as AddressInfo).port
})
afterEach(() => server.close())

const reaching = () => ({
  clock,
  budget: startBudget(clock, 2_000),
  context: { endpoint: 'http://host:2379', method: 'connect', sent: false },
})

it('takes the first address that takes a connection, and makes no second one', async () => {
  const { address, socket } = await reachOne(['127.0.0.2', '127.0.0.1', '127.0.0.1'], { port }, reaching())
  expect(address).toBe('127.0.0.1')
  await expect.poll(() => connections).toBe(1)
  socket.destroy()
})

it('says of addresses of which none does what the first one said', async () => {
  await expect(reachOne(['127.0.0.2', '127.0.0.3'], { port }, reaching())).rejects.toMatchObject({
    failure: { kind: 'refused', stage: 'tcp', sent: false, message: expect.stringContaining('127.0.0.2') },
  })
  expect(connections).toBe(0)
})

it('ends with the reason of an abort', async () => {
  const reason = new Error('left')
  const leaving = new AbortController()
  const budget = startBudget(clock, 2_000, leaving.signal)
  const reached = reachOne(['127.0.0.1'], { port }, { ...reaching(), budget })
  leaving.abort(reason)
  await expect(reached).rejects.toBe(reason)
})

it('looks names up, and addresses not', async () => {
  expect(await lookUpAll('10.0.0.9', reaching())).toEqual(['10.0.0.9'])
  expect(await lookUpAll('localhost', reaching())).toContain('127.0.0.1')
  await expect(lookUpAll('no-such-host.invalid', reaching())).rejects.toMatchObject({
    failure: { kind: 'dns' },
  })
})

import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { startFaultProxy } from '@etcdmonitor/rig/fault-proxy'
import * as grpc from '@grpc/grpc-js'
import { MaintenanceClient } from 'etcd3'
import { expect, it } from 'vitest'
import { systemClock as clock } from '../node/clock.ts'
import { startBudget } from './connection/call-budget.ts'
import { openChannel } from './connection/channel.ts'
import type { OneConnection } from './connection/one-connection.ts'
import { toTarget } from './connection/resolve-target.ts'
import { loadSchema } from './connection/schema.ts'
import { createMember, type EtcdMember } from './member.ts'
import { startBalancer } from './tcp-balancer.contract.ts'

const schema = loadSchema()

const memberAt = (url: string): EtcdMember =>
  createMember({
    url,
    user: undefined,
    who: () => '',
    borrow: async () => undefined,
    heard: () => undefined,
    clock,
    closing: new AbortController().signal,
    resolve: async () => toTarget(url),
    open: (target) => openChannel({ schema, target, clock, tls: undefined }),
  })

const statusOf = (member: EtcdMember, ms: number, signal?: AbortSignal) =>
  new MaintenanceClient(member.calling(startBudget(clock, ms, signal))).status()

/** Answers Status after a connection that takes `ms` each way. */
async function startDistant(ms: number) {
  const server = new grpc.Server()
  server.addService(schema.Maintenance.service, {
    Status: (_: unknown, done: grpc.sendUnaryData<object>) => done(null, { version: '3.4.23' }),
  })
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) =>
    error ? reject(error) : resolve(port),
  )
  const proxy = await startFaultProxy(`http://127.0.0.1:${await promise}`)
  await proxy.set({ mode: 'delay', ms })
  return {
    url: proxy.url,
    connections: () => proxy.counts().connections,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]()
      server.forceShutdown()
    },
  }
}

it('goes on connecting for who has more time when another call gives up', async () => {
  await using distant = await startDistant(150)
  const member = memberAt(distant.url)
  const patient = statusOf(member, 10_000)
  await expect(statusOf(member, 50)).rejects.toMatchObject({ failure: { kind: 'timeout', sent: false } })
  expect(await patient).toMatchObject({ version: '3.4.23' })
  expect(distant.connections()).toBe(1)
  member.close()
})

it('makes calls that belong together over one connection, or not at all', async () => {
  await using distant = await startDistant(0)
  await using balancer = await startBalancer([distant.url])
  const member = memberAt(balancer.url)
  const one: OneConnection = {}
  const client = new MaintenanceClient(member.calling(startBudget(clock, 10_000), one))
  await client.status()
  expect(await client.status()).toMatchObject({ version: '3.4.23' })
  balancer.reconnect()
  // the other side's end is seen by a call of its own
  await expect.poll(() => statusOf(member, 1_000).then(() => distant.connections())).toBe(2)
  await expect(client.status()).rejects.toMatchObject({ failure: { kind: 'wrong_member', sent: false } })
  member.close()
})

it.each(['late', 'aborted'])('dials no more once the only call is %s', async (how) => {
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket.on('error', () => undefined).resume())
    socket.on('close', () => open.delete(socket))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const member = memberAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const leaving = new AbortController()
  const call = statusOf(member, how === 'late' ? 100 : 10_000, leaving.signal)
  const ended = expect(call).rejects.toThrow()
  await expect.poll(() => open.size).toBe(1)
  if (how === 'aborted') leaving.abort(new Error('left'))
  await ended
  await expect.poll(() => open.size).toBe(0)
  server.close()
})

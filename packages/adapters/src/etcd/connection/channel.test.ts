import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { systemClock as clock } from '../../node/clock.ts'
import { startBudget } from './call-budget.ts'
import type { EtcdCallError } from './call-error.ts'
import { openChannel } from './channel.ts'
import { toTarget } from './resolve-target.ts'
import { loadSchema } from './schema.ts'

const schema = loadSchema()
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function listen(server: Server): Promise<string> {
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

const open = (url: string) => {
  const tls = url.startsWith('https:') ? { serverName: '', insecureSkipVerify: false } : undefined
  return openChannel({ schema, target: toTarget(url), tls, clock })
}

it.each(['http', 'https'])(
  'leaves no connection to a process that hangs, once a %s channel is closed',
  async (scheme) => {
    const sockets = new Set<Socket>()
    const accept = (socket: Socket) => {
      sockets.add(socket.on('error', () => undefined).resume())
      socket.on('close', () => sockets.delete(socket))
    }
    const channel = open(`${scheme}://${await listen(createServer(accept))}`)
    const calls = [1, 2].map(() => channel.connect(startBudget(clock, 300)))
    for (const outcome of await Promise.allSettled(calls))
      expect(outcome).toMatchObject({
        reason: { failure: { kind: 'timeout', stage: 'tls', sent: false } },
      })
    expect(sockets.size).toBe(1)
    channel.close()
    await expect.poll(() => sockets.size).toBe(0)
  },
)

it('tells calls that still wait why it was closed', async () => {
  const url = `http://${await listen(createServer(() => undefined))}`
  const channel = open(url)
  const waiting = expect(channel.connect(startBudget(clock, 5_000))).rejects.toMatchObject({
    failure: { kind: 'timeout' },
  })
  await channel.connect(startBudget(clock, 100)).catch((error: EtcdCallError) => channel.close(error))
  await waiting
})

it('says at once that nothing listens there', async () => {
  const channel = open('http://127.0.0.1:1')
  await expect(channel.connect(startBudget(clock, 5_000))).rejects.toMatchObject({
    failure: { kind: 'refused', message: 'connect ECONNREFUSED 127.0.0.1:1' },
  })
  channel.close()
})

it('tells an HTTP listener, and one that closes, from etcd', async () => {
  const http = open(`http://${await listen(createHttpServer((_, response) => response.end('hello')))}`)
  await expect(http.connect(startBudget(clock, 5_000))).rejects.toMatchObject({
    failure: { kind: 'not_etcd' },
  })
  http.close()
  const closing = open(`http://${await listen(createServer((socket) => socket.destroy()))}`)
  await expect(closing.connect(startBudget(clock, 5_000))).rejects.toMatchObject({
    failure: { stage: 'tls' },
  })
  closing.close()
})

it('ET2 tells a port that resets the handshake from a connection that broke', async () => {
  const server = createServer((socket) => socket.once('data', () => socket.resetAndDestroy()))
  const channel = open(`https://${await listen(server)}`)
  await expect(channel.connect(startBudget(clock, 5_000))).rejects.toMatchObject({
    failure: { kind: 'tls_protocol', stage: 'tls', sent: false },
  })
  channel.close()
})

it('ends connecting with the reason of an abort', async () => {
  const channel = open(`http://${await listen(createServer(() => undefined))}`)
  const leaving = new AbortController()
  const connecting = channel.connect(startBudget(clock, 5_000, leaving.signal))
  leaving.abort(new Error('left'))
  await expect(connecting).rejects.toThrow('left')
  channel.close()
})

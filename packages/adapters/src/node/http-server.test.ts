import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { StartRefused } from '@etcdmonitor/core/errors'
import { type Certificates, type KeyPair, makeCertificates } from '@etcdmonitor/rig/certificates'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { findHeadFault, type HttpListener, openHttpServer, untilAnswered } from './http-server.ts'
import { readTlsFiles, type TlsFiles } from './tls-files.ts'

type Exchange = { readonly incoming: IncomingMessage; readonly outgoing: ServerResponse }

let clock: ReturnType<typeof manualClock>
beforeEach(() => {
  clock = manualClock()
})

async function openServer(listener: HttpListener, tls?: TlsFiles) {
  const server = await openHttpServer({ listen: { host: '127.0.0.1', port: 0 }, listener, clock, tls })
  onTestFinished(async () => {
    const drained = server.drain(1)
    await clock.advance(1)
    await drained
  })
  return server
}

/** A server whose requests a test answers. */
async function openHeld() {
  const begun: Exchange[] = []
  const waiting: (() => void)[] = []
  const server = await openServer((incoming, outgoing) => {
    begun.push({ incoming, outgoing })
    for (const wake of waiting.splice(0)) wake()
  })
  const untilBegun = async (count: number) => {
    while (begun.length < count) await new Promise<void>((resolve) => waiting.push(resolve))
    return begun
  }
  return { ...server, begun, untilBegun }
}

function open(port: number): Socket & { text(): string } {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.on('data', (piece) => (text += piece))
  socket.on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  return Object.assign(socket, { text: () => text })
}

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'

it('begins the requests of one connection one after the other', async () => {
  const { port, begun, untilBegun } = await openHeld()
  const socket = open(port)
  socket.write(GET.repeat(3))
  for (const count of [1, 2, 3]) {
    await untilBegun(count)
    expect(begun).toHaveLength(count)
    begun[count - 1]?.outgoing.end()
  }
  const other = open(port)
  socket.write(GET)
  await untilBegun(4)
  other.write(GET)
  await untilBegun(5) // another connection does not wait
})

it('begins nothing more for a client that has left, and does not wait for it', async () => {
  const { port, drain, begun, untilBegun } = await openHeld()
  const socket = open(port)
  socket.write(GET.repeat(3))
  const [first] = await untilBegun(1)
  if (!first) throw new Error('none has begun')
  socket.destroy()
  await once(first.outgoing, 'close')
  await drain(10_000) // no time passes: nothing is left to wait for
  expect(begun).toHaveLength(1)
})

it('F26 accepts nobody while it drains, and waits for the requests that are running', async () => {
  const { port, drain, untilBegun } = await openHeld()
  const socket = open(port)
  socket.write(GET)
  const [first] = await untilBegun(1)
  let isDrained = false
  const closed = once(socket, 'close')
  const drained = drain(10_000).then(() => (isDrained = true))
  const refused = connect(port, '127.0.0.1')
  const [error] = await once(refused, 'error')
  expect(error).toMatchObject({ code: 'ECONNREFUSED' })
  await clock.advance(9_999)
  expect(isDrained).toBe(false)
  first?.outgoing.end('done')
  await drained
  await closed
  expect(socket.text()).toContain('done')
})

it('F26 cuts what runs longer than it may', async () => {
  const { port, drain, untilBegun } = await openHeld()
  const socket = open(port)
  const closed = once(socket, 'close')
  socket.write(GET)
  await untilBegun(1)
  const drained = drain(10_000)
  await clock.advance(10_000)
  await drained
  await closed
  expect(socket.text()).toBe('')
})

it('F26 closes idle connections at its end', async () => {
  const { port, drain, untilBegun } = await openHeld()
  const socket = open(port)
  const closed = once(socket, 'close')
  socket.write(GET)
  const [first] = await untilBegun(1)
  first?.outgoing.end('x')
  await once(socket, 'data')
  await drain(10_000)
  await closed
})

it('hands on a path with a backslash as no other path', async () => {
  const { port, untilBegun } = await openHeld()
  open(port).write(GET.replace(' / ', ' /api\\status '))
  const [first] = await untilBegun(1)
  expect(first?.incoming.url).toBe('/api%5Cstatus')
})

it('refuses to start on an address that it cannot have', async () => {
  const { port } = await openHeld()
  const again = openHttpServer({ listen: { host: '127.0.0.1', port }, listener: () => {}, clock })
  await expect(again).rejects.toThrow(StartRefused)
  await expect(again).rejects.toThrow(`server.listen: is in use by another process; got "127.0.0.1:${port}"`)
  const elsewhere = openHttpServer({
    listen: { host: '192.0.2.1', port: 0 },
    listenKey: 'collector.listen',
    listener: () => {},
    clock,
  })
  await expect(elsewhere).rejects.toThrow('collector.listen: is no address of this machine')
})

// it takes 36 s of waiting
if (process.env.TEST_SUITE === 'full')
  it('G35 ends a connection whose client stops reading', async () => {
    const { port, untilBegun } = await openHeld()
    const socket = open(port).pause()
    socket.write(GET)
    const [first] = await untilBegun(1)
    first?.outgoing.end(new Uint8Array(10_000_000))
    if (first) await once(first.outgoing, 'close')
    expect(first?.outgoing.writableFinished).toBe(false)
  })

it.each([
  [['Host', 'a', 'Accept', 'b'], undefined],
  [['Host', 'a', 'HOST', 'b'], 'the request has more than one host header'],
  [
    ['authorization', 'a', 'Host', 'x', 'Authorization', 'a'],
    'the request has more than one authorization header',
  ],
  [['X', 'Host', 'Y', 'Host'], undefined],
])('G15 T3 finds in %j: %s', (headers, fault) => {
  expect(findHeadFault(headers)).toBe(fault)
})

describe('an answer', () => {
  async function begin() {
    const { port, untilBegun } = await openHeld()
    const client = open(port)
    client.write(GET)
    const [exchange] = await untilBegun(1)
    if (!exchange) throw new Error('no request')
    return { client, ...exchange }
  }

  it('has gone away whole when the system has taken all of it', async () => {
    const { outgoing } = await begin()
    const answered = untilAnswered(outgoing)
    outgoing.end('done')
    expect(await answered).toBe(true)
    expect(await untilAnswered(outgoing)).toBe(true) // asked when it was over
  })

  it('has not when the client leaves before', async () => {
    const { client, outgoing } = await begin()
    client.pause()
    const answered = untilAnswered(outgoing)
    outgoing.end(Buffer.alloc(64 * 1_048_576)) // more than the system takes
    await once(client, 'readable')
    client.destroy()
    expect(await answered).toBe(false)
  })
})

describe('with a certificate', () => {
  let certificates: Certificates
  beforeAll(async () => {
    certificates = await makeCertificates()
  })
  afterAll(() => certificates[Symbol.asyncDispose]())

  const filesOf = ({ certFile, keyFile }: KeyPair) => readTlsFiles({ tls_cert: certFile, tls_key: keyFile })
  const answering: HttpListener = (_incoming, outgoing) => void outgoing.end('done')

  async function openTls(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
    const ca = readFileSync(certificates.caFile)
    const socket = connectTls({ host: '127.0.0.1', port, ca, ...options })
    onTestFinished(() => void socket.destroy())
    await once(socket, 'secureConnect')
    return socket
  }
  const ask = async (socket: TLSSocket): Promise<string> => {
    socket.write(GET)
    const [piece] = await once(socket, 'data')
    return String(piece)
  }

  it('C32 speaks TLS 1.2 and newer, and no HTTP beside it', async () => {
    const { port } = await openServer(answering, filesOf(certificates.server))
    expect(await ask(await openTls(port))).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*done/)
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const)
      expect((await openTls(port, { minVersion: version, maxVersion: version })).getProtocol()).toBe(version)
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    await expect(openTls(port, old)).rejects.toThrow(/protocol version/)
    const plain = open(port)
    plain.write(GET)
    await once(plain, 'close')
    expect(plain.text()).not.toContain('HTTP')
  })

  it('uses a renewed one for new connections, and lets old ones run out with their next answer', async () => {
    const { port, renewTls } = await openServer(answering, filesOf(certificates.server))
    const before = await openTls(port)
    expect(await ask(before)).toMatch(/connection: keep-alive/i)
    renewTls(filesOf(certificates.wrongName))
    const after = await openTls(port, { servername: 'other.invalid' })
    expect(after.getPeerCertificate().subject.CN).toBe('wrong-name')
    expect(await ask(after)).toMatch(/connection: keep-alive/i)
    expect(await ask(before)).toMatch(/connection: close/i)
    await once(before, 'close')
  })

  it('counts a handshake that began before the renewal to the old ones', async () => {
    const { port, renewTls } = await openServer(answering, filesOf(certificates.server))
    const early = open(port)
    await once(early, 'connect')
    await ask(await openTls(port)) // accepted in turn: the early one has been, too
    renewTls(filesOf(certificates.wrongName))
    const socket = await openTls(port, { socket: early })
    expect(socket.getPeerCertificate().subject.CN).not.toBe('wrong-name')
    expect(await ask(socket)).toMatch(/connection: close/i)
  })
})

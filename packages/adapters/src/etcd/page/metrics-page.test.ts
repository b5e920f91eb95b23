import { lookup } from 'node:dns'
import { once } from 'node:events'
import { createServer, type Server as HttpServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../node/clock.ts'
import { startBudget } from '../connection/call-budget.ts'
import { createHttpGetter } from './http.ts'
import { getMetricsPage } from './metrics-page.ts'

const PAGE = 'etcd_server_has_leader 1\n'
const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    ;(server as HttpServer).closeAllConnections?.()
    server.close()
  }
})

async function listen(server: Server): Promise<URL> {
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`)
}

/** A server that answers these bytes, then ends the connection. */
const raw = (...parts: readonly (string | Buffer)[]) =>
  createTcpServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => {
      for (const part of parts) socket.write(part)
      socket.end()
    })
  })

async function get(url: URL, { deadline = 5_000, signal }: { deadline?: number; signal?: AbortSignal } = {}) {
  using getter = createHttpGetter(() => undefined)
  const page = { getter, clock: systemClock, url, lookup, agent: 'etcdmonitor/1.0.0' }
  const answer = await getMetricsPage(page, startBudget(systemClock, deadline, signal))
  return answer instanceof Uint8Array ? new TextDecoder().decode(answer) : answer
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n'
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`
const zipped = gzipSync(PAGE)
const withGzip = (body: Buffer) => [
  `${OK}Content-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`,
  body,
]
const cut = (body: Buffer, by: number) => body.subarray(0, body.length - by)
const flipped = (body: Buffer, at: number) =>
  body.map((byte, index) => (index === at ? byte ^ 1 : byte)) as Buffer

describe('a page', () => {
  it.each([
    ['with its length', [`${OK}Content-Length: ${PAGE.length}\r\n\r\n`, PAGE]],
    ['in chunks', [CHUNKED, `${PAGE.length.toString(16)}\r\n${PAGE}\r\n0\r\n\r\n`]],
    ['compressed', withGzip(zipped)],
    [
      'compressed, ended by the connection',
      [`${OK}Content-Encoding: gzip\r\nConnection: close\r\n\r\n`, zipped],
    ],
    [
      'of openmetrics',
      [
        `HTTP/1.1 200 OK\r\nContent-Type: application/openmetrics-text\r\nContent-Length: ${PAGE.length}\r\n\r\n`,
        PAGE,
      ],
    ],
  ])('is taken %s', async (_, parts) => {
    expect(await get(await listen(raw(...parts)))).toBe(PAGE)
  })

  it('is asked for without credentials, with gzip and the name of the program', async () => {
    let seen: NodeJS.Dict<string | string[]> = {}
    const server = createServer(({ headers }, response) => {
      seen = headers
      response.setHeader('content-type', 'text/plain').end(PAGE)
    })
    expect(await get(await listen(server))).toBe(PAGE)
    expect(seen).toEqual({
      accept: 'text/plain;version=0.0.4',
      'accept-encoding': 'gzip',
      'user-agent': 'etcdmonitor/1.0.0',
      host: seen.host,
      connection: 'keep-alive',
    })
  })
})

describe('a scrape fails', () => {
  it.each([
    ['status', 'HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n', '503'],
    ['status', 'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n', '302'],
    [
      'parse',
      'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\n<>',
      'not the media type of metrics',
    ],
    ['parse', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx\n', 'not the media type of metrics'],
    ['parse', `${OK}Content-Encoding: br\r\nContent-Length: 1\r\n\r\nx`, 'unknown content encoding'],
    ['parse', 'SSH-2.0-OpenSSH_9.2\r\n', ''],
    ['truncated', `${OK}Connection: close\r\n\r\n${PAGE}`, 'the end of the answer cannot be checked'],
    ['truncated', `${OK}Content-Length: 100\r\n\r\n${PAGE}`, 'the answer was cut'],
    ['truncated', `${CHUNKED}5\r\nabcd\n\r\n`, 'the answer was cut'],
    ['truncated', `${OK}Content-Length: 4\r\n\r\nx 1 `, 'the last line does not end'],
    ['truncated', `${OK}Content-Length: 0\r\n\r\n`, 'the last line does not end'],
    ['too_large', `${OK}Content-Length: 16777217\r\n\r\n`, 'more than 16777216 bytes'],
    ['refused', '', ''],
  ])('by %s on %j', async (reason, answer, detail) => {
    expect(await get(await listen(raw(answer)))).toEqual({ reason, detail })
  })

  it.each([
    ['truncated', withGzip(cut(zipped, 1))],
    ['truncated', withGzip(cut(zipped, 12))],
    ['truncated', withGzip(flipped(zipped, zipped.length - 6))],
    ['parse', withGzip(Buffer.from('not compressed at all\n'))],
    ['too_large', withGzip(gzipSync(Buffer.alloc(16_777_217, 'x')))],
  ])('by %s on broken gzip', async (reason, parts) => {
    expect(await get(await listen(raw(...parts)))).toMatchObject({ reason })
  })

  it('by too_large on an endless answer', async () => {
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'text/plain')
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        response.once('drain', more)
      }
      more()
    })
    expect(await get(await listen(server))).toMatchObject({ reason: 'too_large' })
  })

  it('M3 by grpc_only when a gRPC server greets', async () => {
    const settings = Buffer.from('000006040000000000000500004000', 'hex')
    expect(await get(await listen(raw(settings)))).toEqual({ reason: 'grpc_only', detail: '' })
  })

  it('by refused, dns, or tls when it cannot connect', async () => {
    expect(await get(new URL('http://127.0.0.1:1/metrics'))).toEqual({ reason: 'refused', detail: '' })
    expect(await get(new URL('http://nohost.invalid:2379/metrics'))).toEqual({ reason: 'dns', detail: '' })
    const plain = await listen(raw(`${OK}Content-Length: ${PAGE.length}\r\n\r\n`, PAGE))
    expect(await get(new URL(plain.href.replace('http:', 'https:')))).toEqual({ reason: 'tls', detail: '' })
  })

  it.each([
    ['nothing', []],
    ['half a page', [`${OK}Content-Length: 100\r\n\r\n`, PAGE]],
  ])('by timeout at its deadline when the member sends %s and stops', async (_, parts) => {
    const open = new Set<Socket>()
    const server = createTcpServer((socket) => {
      open.add(
        socket
          .on('close', () => open.delete(socket))
          .on('error', () => undefined)
          .resume(),
      )
      for (const part of parts) socket.write(part)
    })
    expect(await get(await listen(server), { deadline: 100 })).toEqual({ reason: 'timeout', detail: '' })
    await expect.poll(() => open.size).toBe(0)
  })

  it('with the reason of an abort alone', async () => {
    const reason = new Error('left')
    const leaving = new AbortController()
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined)
      leaving.abort(reason)
    })
    await expect(get(await listen(server), { signal: leaving.signal })).rejects.toBe(reason)
  })
})

it('asks again when the member closed a kept connection in between', async () => {
  const sockets: Socket[] = []
  const server = createTcpServer((socket) => {
    sockets.push(socket.on('error', () => undefined))
    socket.on('data', () => {
      const isOld = socket === sockets[0] && socket.bytesWritten > 0
      if (isOld) socket.resetAndDestroy()
      else socket.write(`${OK}Content-Length: ${PAGE.length}\r\n\r\n${PAGE}`)
    })
  })
  const url = await listen(server)
  using getter = createHttpGetter(() => undefined)
  const page = { getter, clock: systemClock, url, lookup, agent: 'etcdmonitor' }
  for (let i = 0; i < 2; i++)
    expect(await getMetricsPage(page, startBudget(systemClock, 5_000))).toBeInstanceOf(Uint8Array)
  expect(sockets).toHaveLength(2)
  for (const socket of sockets) socket.destroy()
})

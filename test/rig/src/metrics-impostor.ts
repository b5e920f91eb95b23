import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { mutatePage, type PageMutation } from './page-mutation.ts'

const PARTS = 10
const ENDLESS_CHUNK = Buffer.from(`# ${'x'.repeat(61)}\n`.repeat(256))
const ENDLESS_LIMIT = 1 << 30 // should the client never leave

export interface MetricsImpostor extends AsyncDisposable {
  readonly url: string
  /** Requests so far. */
  requests(): number
  setPage(page: string): void
  setMutation(mutation: PageMutation): void
}

/** An HTTP server on a free port of 127.0.0.1 that answers `page` to every request, as the mutation says. */
export async function startMetricsImpostor(page: string): Promise<MetricsImpostor> {
  let served = page
  let mutation: PageMutation = { kind: 'none' }
  let requests = 0
  const server = createServer((_, response) => {
    requests += 1
    void answer(response, served, mutation).catch(() => response.destroy()) // the client left
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // it listens on TCP
    requests: () => requests,
    setPage: (next) => {
      served = next
    },
    setMutation: (next) => {
      mutation = next
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function answer(response: ServerResponse, page: string, mutation: PageMutation): Promise<void> {
  const body = mutatePage(page, mutation)
  response.setHeader('Content-Type', mutation.kind === 'html' ? 'text/html' : 'text/plain; version=0.0.4')
  if (mutation.kind === 'wrongEncoding') response.setHeader('Content-Encoding', 'gzip')
  if (mutation.kind === 'slow') return writeSlowly(response, body, mutation.msBetween)
  if (mutation.kind === 'endless') return writeEndlessly(response)
  if (mutation.kind === 'cut') return writeCut(response, body, mutation.bytes)
  response.end(body)
}

async function writeCut(response: ServerResponse, body: Buffer, bytes: number): Promise<void> {
  response.setHeader('Content-Length', body.length)
  await write(response, body.subarray(0, bytes))
  response.socket?.resetAndDestroy()
}

async function writeSlowly(response: ServerResponse, body: Buffer, msBetween: number): Promise<void> {
  const size = Math.ceil(body.length / PARTS)
  for (let at = 0; at < body.length; at += size) {
    await write(response, body.subarray(at, at + size))
    await sleep(msBetween)
  }
  response.end()
}

async function writeEndlessly(response: ServerResponse): Promise<void> {
  for (let sent = 0; sent < ENDLESS_LIMIT; sent += ENDLESS_CHUNK.length) await write(response, ENDLESS_CHUNK)
  response.end()
}

/** Resolves when the bytes are handed to the kernel; rejects when the client has left. */
const write = (response: ServerResponse, bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => response.write(bytes, (error) => (error ? reject(error) : resolve())))

import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import { openClient } from '../open-client.contract.ts'

const LIMIT = 67_108_864
const PIECE = Buffer.alloc(1_048_576, ' ')

/** Somebody who answers `/v2/keys` in the place of etcd. */
async function startImpostor(answer: (outgoing: ServerResponse) => void) {
  const server = createServer((_incoming, outgoing) => answer(outgoing))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('the server has no port')
  const client = openClient({ endpoints: [`http://127.0.0.1:${address.port}`] })
  return {
    list: () => client.v2.get('/', { recursive: true }, { deadline: 60_000 }),
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]()
      server.closeAllConnections()
      server.close()
    },
  }
}

const tooLarge = { code: 'result_too_large', details: { max_bytes: LIMIT } }

it('V10 C35 takes no listing that says it is a byte too long', async () => {
  await using impostor = await startImpostor((outgoing) => {
    outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': LIMIT + 1 })
    outgoing.flushHeaders()
  })
  await expect(impostor.list()).rejects.toMatchObject(tooLarge)
})

it('V10 C35 hangs up on a listing without end', { timeout: 60_000 }, async () => {
  let sent = 0
  const closed = Promise.withResolvers<void>()
  await using impostor = await startImpostor((outgoing) => {
    outgoing.writeHead(200, { 'content-type': 'application/json' })
    outgoing.once('close', closed.resolve)
    const send = () => {
      while (!outgoing.destroyed) {
        sent += PIECE.length
        if (!outgoing.write(PIECE)) return
      }
    }
    outgoing.on('drain', send)
    send()
  })
  await expect(impostor.list()).rejects.toMatchObject(tooLarge)
  await closed.promise
  expect(sent).toBeGreaterThan(LIMIT)
  expect(sent).toBeLessThan(2 * LIMIT)
})

it.each([
  ['text/html', '<html></html>'],
  ['application/json', '<html></html>'],
  ['application/json', '{"action":"get"}'],
  ['application/json', '[]'],
])('V10 takes %s with %s for no v2 API', async (type, body) => {
  await using impostor = await startImpostor((outgoing) => {
    outgoing.writeHead(200, { 'content-type': type }).end(body)
  })
  await expect(impostor.list()).rejects.toMatchObject({ code: 'v2_unavailable' })
})

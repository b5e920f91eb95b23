import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import type { LogFields } from '@etcdmonitor/core/ports/log'
import { toSecret } from '@etcdmonitor/core/secret'
import { describe, expect, it } from 'vitest'
import { openFluxRequests } from './flux-requests.ts'

const WHOLE = ['#group,false,false,false', '#default,whole,,', ',result,table,whole', ',,0,1', '', ''].join(
  '\r\n',
)
const rows = (count: number) =>
  [
    '#default,one,,,,',
    ',result,table,_time,_value,_field',
    ...Array.from({ length: count }, (_, i) => `,,0,2026-10-20T00:00:${10 + i}Z,${i},a`),
    '',
    '',
  ].join('\r\n')

/** A server that answers as it is told, and what asks it. */
async function openStub(answer: RequestListener, maxRows?: number) {
  const tokens: (string | undefined)[] = []
  let current = answer
  const server = createServer((request, response) => {
    tokens.push(request.headers.authorization)
    request.resume()
    request.on('end', () => current(request, response))
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const events: string[] = []
  const told: (LogFields | undefined)[] = []
  const note = (event: string, fields?: LogFields) => {
    events.push(event)
    told.push(fields)
  }
  const clock = manualClock()
  let token = 'first'
  const requests = openFluxRequests({
    access: {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      org: 'org',
      bucket: 'bucket',
      readToken: () => toSecret(token),
    },
    clock,
    log: { debug: note, info: note, warn: note, error: note },
    ...(maxRows && { maxRows }),
  })
  return {
    tokens,
    events,
    told,
    clock,
    requests,
    answer: (next: RequestListener) => {
      current = next
    },
    replaceToken: (next: string) => {
      token = next
    },
    ask: (signal?: AbortSignal) => {
      const values: string[] = []
      return requests.call(signal, async ({ ask }) => {
        await ask(['from()'], () => (_, value) => values.push(value))
        return values
      })
    },
    async [Symbol.asyncDispose]() {
      requests[Symbol.dispose]()
      server.closeAllConnections()
      await new Promise((resolve) => void server.close(resolve))
    },
  }
}

const good: RequestListener = (_, response) => response.end(WHOLE + rows(2))
const status =
  (code: number, headers = {}): RequestListener =>
  (_, response) =>
    response.writeHead(code, headers).end('{"message":"told by the server"}')
const unavailable = { code: 'storage_unavailable' }

describe('requests to InfluxDB', () => {
  it('give rows, packed or not', async () => {
    await using stub = await openStub(good)
    expect(await stub.ask()).toEqual(['0', '1'])
    stub.answer((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(WHOLE + rows(3))),
    )
    expect(await stub.ask()).toEqual(['0', '1', '2'])
    expect(stub.requests.health()).toEqual({ state: 'ok', reason: '' })
  })

  it.each([
    { name: '401', answer: status(401), state: 'unavailable', reason: 'auth' },
    { name: '404', answer: status(404), state: 'unavailable', reason: 'bucket_missing' },
    { name: '400', answer: status(400), state: 'degraded', reason: 'failing' },
    { name: '429', answer: status(429), state: 'degraded', reason: 'failing' },
    { name: '503', answer: status(503), state: 'degraded', reason: 'failing' },
    {
      name: 'a redirect',
      answer: status(302, { location: 'http://127.0.0.1:1/' }),
      state: 'degraded',
      reason: 'failing',
    },
    {
      name: 'nothing at all',
      answer: ((_, response) => response.end('')) as RequestListener,
      state: 'degraded',
      reason: 'failing',
    },
    {
      name: 'a page of a proxy',
      answer: ((_, response) => response.end('<html>\n<body>ok</body>\n</html>\n')) as RequestListener,
      state: 'degraded',
      reason: 'failing',
    },
    {
      name: 'half an answer',
      answer: ((_, response) => response.end(WHOLE + rows(2).slice(0, -20))) as RequestListener,
      state: 'degraded',
      reason: 'failing',
    },
    {
      name: 'a failure behind the first rows',
      answer: ((_, response) =>
        response.end(
          `${WHOLE}${rows(2)}#default,,\r\n,error,reference\r\n,broken,\r\n\r\n`,
        )) as RequestListener,
      state: 'degraded',
      reason: 'failing',
    },
  ])('take $name for no answer, and say it in words of our own', async ({ answer, state, reason }) => {
    await using stub = await openStub(answer)
    const problem = await stub.ask().catch((error: unknown) => error)
    expect(problem).toMatchObject(unavailable)
    expect(String(problem)).not.toContain('told by the server')
    expect(stub.requests.health()).toEqual({ state, reason })
    const [fields] = stub.told
    expect(fields?.reason).toBe(reason)
    expect(JSON.stringify(fields)).toMatch(/"status":\d{3}|"cause":"the (answer of the )?metrics store /)
    expect(JSON.stringify(fields)).not.toContain('told by the server')
    stub.answer(good)
    expect(await stub.ask()).toEqual(['0', '1'])
    expect(stub.requests.health()).toEqual({ state: 'ok', reason: '' })
    expect(stub.events).toEqual(['metrics_store_read_failed', 'metrics_store_reads_again'])
  })

  it('take an answer that is cut for none', async () => {
    await using stub = await openStub((_, response) => {
      response.writeHead(200, { 'content-length': '10000' })
      response.write(WHOLE + rows(2), () => response.destroy())
    })
    await expect(stub.ask()).rejects.toMatchObject(unavailable)
  })

  it('ask with the token as it is now', async () => {
    await using stub = await openStub(status(401))
    await expect(stub.ask()).rejects.toMatchObject(unavailable)
    stub.replaceToken('second')
    stub.answer(good)
    await stub.ask()
    expect(stub.tokens).toEqual(['Token first', 'Token second'])
  })

  it('end at the deadline of the call, whatever the server does', async () => {
    let isClosed = false
    await using stub = await openStub((request) => {
      request.socket.on('close', () => {
        isClosed = true
      })
    })
    const asked = stub.ask().catch((error: unknown) => error)
    await expect.poll(() => stub.tokens).toHaveLength(1)
    await stub.clock.advance(9_999)
    expect(isClosed).toBe(false)
    await stub.clock.advance(1)
    expect(await asked).toMatchObject(unavailable)
    await expect.poll(() => isClosed).toBe(true)
  })

  it('fail at once for 10 s after 5 failures in a row, then ask again', async () => {
    await using stub = await openStub(status(500))
    for (let i = 0; i < 4; i++) await stub.ask().catch(() => {})
    stub.answer(good)
    await stub.ask()
    stub.answer(status(500))
    for (let i = 0; i < 5; i++) await expect(stub.ask()).rejects.toMatchObject(unavailable)
    expect(stub.tokens).toHaveLength(10)
    stub.answer(good)
    await stub.clock.advance(9_999)
    await expect(stub.ask()).rejects.toMatchObject(unavailable)
    expect(stub.tokens).toHaveLength(10)
    await stub.clock.advance(1)
    expect(await stub.ask()).toEqual(['0', '1'])
  })

  it('tell that nobody answers after the third time in a row', async () => {
    await using stub = await openStub((_, response) => response.destroy())
    for (const reason of ['', '', 'unreachable']) {
      await expect(stub.ask()).rejects.toMatchObject(unavailable)
      expect(stub.requests.health().reason).toBe(reason)
    }
  })

  it('end with their caller, which is no failure of the store', async () => {
    await using stub = await openStub(() => {})
    const gone = new Error('gone')
    for (let i = 1; i <= 6; i++) {
      const caller = new AbortController()
      const asked = stub.ask(caller.signal)
      await expect.poll(() => stub.tokens).toHaveLength(i)
      caller.abort(gone)
      await expect(asked).rejects.toBe(gone)
    }
    stub.answer(good)
    expect(await stub.ask()).toEqual(['0', '1'])
    expect(stub.requests.health().state).toBe('ok')
  })

  it('are four at a time', async () => {
    const held: (() => void)[] = []
    await using stub = await openStub((_, response) => void held.push(() => response.end(WHOLE)))
    const asked = Array.from({ length: 6 }, () => stub.ask())
    await expect.poll(() => held).toHaveLength(4)
    held.shift()?.()
    await expect.poll(() => held).toHaveLength(4)
    expect(stub.tokens).toHaveLength(5)
    for (let i = 0; i < 5; i++) {
      await expect.poll(() => held.length).toBeGreaterThan(0)
      held.shift()?.()
    }
    await Promise.all(asked)
    expect(stub.tokens).toHaveLength(6)
  })

  it('refuse more rows than a call may have, and read no further', async () => {
    await using stub = await openStub((_, response) => response.end(WHOLE + rows(9)), 8)
    await expect(stub.ask()).rejects.toMatchObject({ code: 'too_many_points' })
    stub.answer((_, response) => response.end(WHOLE + rows(8)))
    expect(await stub.ask()).toHaveLength(8)
    expect(stub.requests.health().state).toBe('ok')
  })

  it('throw what is a fault of our own as it is', async () => {
    await using stub = await openStub(good)
    const fault = new TypeError('ours')
    const asked = stub.requests.call(undefined, ({ ask }) =>
      ask(['from()'], () => {
        throw fault
      }),
    )
    await expect(asked).rejects.toBe(fault)
    expect(stub.requests.health().state).toBe('ok')
  })
})

it('C25 tells what a server said to a refusal, bounded, and without the token that it repeats', async () => {
  await using stub = await openStub((request, response) => {
    response.writeHead(401, { 'content-type': 'application/json' })
    const message = `${request.headers.authorization} is not allowed ${'x'.repeat(300)}`
    response.end(JSON.stringify({ code: 'unauthorized', message }))
  })
  const error: unknown = await stub.ask().catch((caught: unknown) => caught)
  const { cause } = error as Error
  expect(inspect(error)).not.toContain('first')
  expect(String(cause)).toMatch(/^Refusal: 401: Token \*\*\* is not allowed x{100,200}$/)
})

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'

const PAGE = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789')

/** Answers every chunk with the page, and ends when the client ends. */
const target = createServer((socket) => {
  socket.on('data', () => socket.write(PAGE))
  socket.on('error', () => socket.destroy())
})
let proxy: FaultProxy

beforeEach(async () => {
  await once(target.listen(0, '127.0.0.1'), 'listening')
  proxy = await startFaultProxy(`http://127.0.0.1:${(target.address() as AddressInfo).port}`)
})
afterEach(async () => {
  await proxy[Symbol.asyncDispose]()
  await new Promise((resolve) => target.close(resolve))
})

async function ask(): Promise<Socket> {
  const socket = connect(proxy.port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write('GET')
  return socket
}

/** Everything the server sends until it has sent `length` bytes or ends. */
async function receive(socket: Socket, length = PAGE.length): Promise<string> {
  let text = ''
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += chunk
    if (text.length >= length) break
  }
  return text
}

describe('fault proxy', () => {
  it('passes both directions and counts them', async () => {
    const socket = await ask()
    expect(await receive(socket)).toBe(PAGE.toString())
    expect(proxy.counts()).toEqual({ connections: 1, open: 1, up: 3, down: PAGE.length })
    socket.destroy()
    await expect.poll(() => proxy.counts().open).toBe(0)
  })

  it('refuses connections until another mode, on the same port', async () => {
    await proxy.set({ mode: 'refuse' })
    await expect(ask()).rejects.toThrow('ECONNREFUSED')
    await proxy.set({ mode: 'pass' })
    expect(await receive(await ask())).toBe(PAGE.toString())
  })

  it('accepts and forwards nothing as a black hole', async () => {
    await proxy.set({ mode: 'blackhole' })
    const socket = await ask()
    await expect.poll(() => proxy.counts().open).toBe(1)
    await proxy.set({ mode: 'pass' })
    await receive(await ask()) // by now an answer would have come
    expect(socket.read()).toBeNull()
    expect(proxy.counts()).toMatchObject({ connections: 2, up: 3 })
  })

  it('stalls one direction of an open connection for good', async () => {
    const socket = await ask()
    await receive(socket)
    await proxy.set({ mode: 'stall', direction: 'down' })
    socket.write('GET')
    await expect.poll(() => proxy.counts().up).toBe(6)
    await proxy.set({ mode: 'pass' })
    await receive(await ask())
    expect(socket.read()).toBeNull()
    expect(proxy.counts().down).toBe(2 * PAGE.length)
  })

  it('delays without reordering', async () => {
    await proxy.set({ mode: 'delay', ms: 30, jitterMs: 20 })
    const began = performance.now()
    expect(await receive(await ask())).toBe(PAGE.toString())
    expect(performance.now() - began).toBeGreaterThan(55) // there and back; timers may be early by 1 ms
  })

  it('keeps to a rate', async () => {
    await proxy.set({ mode: 'rate', bytesPerSecond: 500, direction: 'down' })
    const began = performance.now()
    expect(await receive(await ask())).toBe(PAGE.toString())
    expect(performance.now() - began).toBeGreaterThan(PAGE.length * 2 - 5)
  })

  it('cuts after so many bytes, cleanly', async () => {
    await proxy.set({ mode: 'cutAfter', bytes: 20 })
    const received = await buffer(await ask())
    expect(received).toEqual(PAGE.subarray(0, 20))
  })

  it('cuts open connections at once when no byte is left', async () => {
    const socket = await ask()
    await receive(socket)
    await proxy.set({ mode: 'cutAfter', bytes: 0 })
    expect(await buffer(socket)).toHaveLength(0)
  })

  it('resets after so many bytes', async () => {
    await proxy.set({ mode: 'resetAfter', bytes: 20 })
    await expect(buffer(await ask())).rejects.toThrow('ECONNRESET')
  })

  it('closes after the headers', async () => {
    await proxy.set({ mode: 'closeAfterHeaders' })
    expect((await buffer(await ask())).toString()).toBe('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n')
  })

  it('flips bits of one byte', async () => {
    await proxy.set({ mode: 'flip', offset: PAGE.length - 1, mask: 0x01 })
    expect(await receive(await ask())).toBe(PAGE.toString().replace('9', '8'))
  })
})

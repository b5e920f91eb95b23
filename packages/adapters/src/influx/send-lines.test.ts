import { createServer } from 'node:net'
import { toSecret } from '@etcdmonitor/core/secret'
import { expect, it } from 'vitest'
import { openInfluxAgent } from './influx-access.ts'
import { createSendLines } from './send-lines.ts'

const TOKEN = 'a-token-that-nobody-may-see'

async function send(url: string, readToken = () => toSecret(TOKEN)) {
  using agent = openInfluxAgent(url, 1)
  const sendLines = createSendLines({ url, org: 'o', bucket: 'b', readToken }, agent)
  return await sendLines(['m f=1 1'], new AbortController().signal)
}

it.each(['127.0.0.1', 'localhost'])('tells that nobody listens at %s', async (host) => {
  expect(await send(`http://${host}:1`)).toEqual({
    status: 'none',
    cause: expect.stringMatching(/^connect ECONNREFUSED (127\.0\.0\.1|::1):1/),
  })
})

it('tells that the connection was cut', async () => {
  const server = createServer((socket) => void socket.once('data', () => socket.destroy()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  expect(await send(`http://127.0.0.1:${port}`)).toEqual({
    status: 'none',
    cause: 'socket hang up (ECONNRESET)',
  })
  await new Promise((resolve) => server.close(resolve))
})

it('tells that the token file cannot be read', async () => {
  const missing = () => {
    throw new Error("ENOENT: no such file or directory, open '/run/secrets/influxdb-token'")
  }
  expect(await send('http://127.0.0.1:1', missing)).toEqual({
    status: 'none',
    cause: "ENOENT: no such file or directory, open '/run/secrets/influxdb-token'",
  })
})

it('never tells the token, also one that no header can hold', async () => {
  const answer = await send('http://127.0.0.1:1', () => toSecret(`${TOKEN}\n`))
  expect(answer).toMatchObject({ status: 'none', cause: expect.stringContaining('authorization') })
  expect(JSON.stringify(answer)).not.toContain(TOKEN)
})

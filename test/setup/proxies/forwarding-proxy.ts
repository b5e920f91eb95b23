import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ForwardingProxy extends AsyncDisposable {
  readonly url: string
}

/** An HTTP proxy on loopback that asks the targets in turn, and adds who asked to `X-Forwarded-For`. */
export async function startForwardingProxy(targets: readonly string[]): Promise<ForwardingProxy> {
  let turn = 0
  const server = createServer((incoming, outgoing) => {
    const { method, url = '/', headers, socket } = incoming
    const before = headers['x-forwarded-for']
    const forwarded = [before, socket.remoteAddress].filter(Boolean).join(', ')
    const target = new URL(url, targets[turn++ % targets.length])
    const call = request(
      target,
      { method, headers: { ...headers, host: target.host, 'x-forwarded-for': forwarded } },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      },
    )
    call.once('error', () => outgoing.destroy())
    incoming.pipe(call)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo // it listens on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

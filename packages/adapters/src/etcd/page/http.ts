import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { type CurrentTls, serverIdentity } from '../connection/tls-material.ts'
import { readBody } from './http-body.ts'

/** A body that came whole: its length was checked, or its last chunk or a gzip trailer came. */
export interface HttpAnswer {
  readonly status: number
  /** Lower case, without parameters; `""` when there is none. */
  readonly mediaType: string
  /** Decoded. Empty unless the status is 200: no other body is read. */
  readonly body: Uint8Array
}

export interface HttpGet {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** Of the body as received, and after decoding. */
  readonly maxBytes: number
  /** Resolves the host of the URL, and refuses addresses. */
  readonly lookup: LookupFunction
  /** What TLS is asked for: with `h2` no answer is understood, but the error shows how the server greets. */
  readonly speaks?: 'h2'
}

/** Bounded plain GETs. Redirects are not followed, no proxy of the environment is used, no credentials are sent. */
export interface HttpGetter extends Disposable {
  /** @throws HttpFailure, what the socket threw, or an AbortError */
  get(request: HttpGet, signal: AbortSignal): Promise<HttpAnswer>
}

/** Per origin. */
const AGENT = { keepAlive: true, maxSockets: 4, maxFreeSockets: 1 }

export function createHttpGetter(currentTls: CurrentTls): HttpGetter {
  const plain = new HttpAgent(AGENT)
  const secure = new HttpsAgent(AGENT) // keeps connections of other certificates apart
  const http2 = new HttpsAgent({ ALPNProtocols: ['h2'], maxSockets: 1 })

  function start({ url, headers, lookup, speaks }: HttpGet, signal: AbortSignal): ClientRequest {
    const options = { method: 'GET', headers, lookup, signal }
    if (url.protocol !== 'https:') return httpRequest(url, { ...options, agent: plain })
    const { ca, cert, key, serverName = '', insecureSkipVerify = false } = currentTls() ?? {}
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
    const rejectUnauthorized = !insecureSkipVerify
    const identity = serverIdentity(host, serverName)
    const agent = speaks === 'h2' ? http2 : secure
    return httpsRequest(url, { ...options, ...identity, ca, cert, key, rejectUnauthorized, agent })
  }

  async function finish(call: ClientRequest, maxBytes: number): Promise<HttpAnswer> {
    const response = await answerTo(call)
    const status = response.statusCode ?? 0
    const mediaType = (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
    if (status === 200) return { status, mediaType, body: await readBody(response, maxBytes) }
    response.destroy()
    return { status, mediaType, body: new Uint8Array() }
  }

  return {
    async get(request, signal) {
      const first = start(request, signal)
      try {
        return await finish(first, request.maxBytes)
      } catch (error) {
        if (!wasStale(first, error)) throw error
        return finish(start(request, signal), request.maxBytes)
      }
    },
    [Symbol.dispose]() {
      plain.destroy()
      secure.destroy()
      http2.destroy()
    },
  }
}

/** The member closed a kept connection while we took it up again: that request never arrived. */
const wasStale = ({ reusedSocket }: ClientRequest, error: unknown): boolean =>
  reusedSocket && (error as Partial<NodeJS.ErrnoException>).code === 'ECONNRESET' // only looked at

function answerTo(call: ClientRequest): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  call.once('response', resolve)
  call.on('error', reject) // stays: an error after the answer must find a listener
  call.end()
  return promise
}

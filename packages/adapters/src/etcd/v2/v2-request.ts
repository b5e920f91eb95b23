import { lookup } from 'node:dns'
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { Secret } from '@etcdmonitor/core/secret'
import { type CurrentTls, serverIdentity } from '../connection/tls-material.ts'
import { readBody } from '../page/http-body.ts'

export interface V2Request {
  readonly method: 'GET' | 'PUT' | 'DELETE'
  readonly url: URL
  /** Sent as a form. */
  readonly form?: URLSearchParams
}

export interface V2Answer {
  /** `""` when there is none. */
  readonly mediaType: string
  readonly body: Uint8Array
}

export interface V2Sender extends Disposable {
  /** One try. @throws what the socket threw, HttpFailure, or an AbortError */
  send(request: V2Request, signal: AbortSignal): Promise<V2Answer>
}

const MAX_BODY = 67_108_864
const AGENT = { keepAlive: true, maxSockets: 4, maxFreeSockets: 1 }

/** Plain HTTP to configured endpoints. Redirects are not followed, no proxy of the environment is used. */
export function createV2Sender(
  currentTls: CurrentTls,
  user: { readonly name: string; readonly password: Secret } | undefined,
): V2Sender {
  const plain = new HttpAgent(AGENT)
  const secure = new HttpsAgent(AGENT)

  function open({ method, url, form }: V2Request, signal: AbortSignal) {
    const headers = {
      accept: 'application/json',
      ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
    }
    const auth = user && `${user.name}:${user.password.reveal()}`
    const options = { method, headers, lookup, signal, ...(auth !== undefined && { auth }) }
    if (url.protocol !== 'https:') return httpRequest(url, { ...options, agent: plain })
    const { ca, cert, key, serverName = '', insecureSkipVerify = false } = currentTls() ?? {}
    const identity = serverIdentity(url.hostname.replace(/^\[(.*)\]$/, '$1'), serverName)
    const rejectUnauthorized = !insecureSkipVerify
    return httpsRequest(url, { ...options, ...identity, ca, cert, key, rejectUnauthorized, agent: secure })
  }

  return {
    async send(request, signal) {
      const call = open(request, signal)
      const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
      call.once('response', resolve)
      call.on('error', reject) // stays: an error after the answer must find a listener
      call.end(request.form?.toString())
      const response = await promise
      const mediaType = (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
      if (mediaType === 'application/json') return { mediaType, body: await readBody(response, MAX_BODY) }
      response.destroy()
      return { mediaType, body: new Uint8Array() }
    },
    [Symbol.dispose]() {
      plain.destroy()
      secure.destroy()
    },
  }
}

import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { text } from 'node:stream/consumers'

const DEADLINE = 20_000

/** PEM texts of the client certificate that the rig shows to a server. */
export interface ClientPem {
  readonly cert: string
  readonly key: string
}

export interface HttpAnswer {
  readonly status: number
  readonly body: string
}

export interface HttpCall {
  readonly url: string
  /** POST of this value as JSON; GET without it. */
  readonly json?: unknown
  readonly client?: ClientPem | undefined
}

/** One request of the rig to a server that it started: the server's certificate is not judged. */
export function httpCall({ url, json, client }: HttpCall): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>()
  const request = url.startsWith('https:') ? httpsRequest : httpRequest
  const options = {
    method: json === undefined ? 'GET' : 'POST',
    signal: AbortSignal.timeout(DEADLINE),
    agent: false,
    rejectUnauthorized: false,
    ...client,
  }
  const call = request(url, options, (response) => {
    text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject)
  })
  call.once('error', reject)
  call.end(json === undefined ? undefined : JSON.stringify(json))
  return promise
}

import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Sent {
  readonly path: string
  readonly token?: string
  /** JSON. */
  readonly body?: unknown
  /** Absent: POST with a body, GET without one. */
  readonly method?: 'PUT'
}

export interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** From before it was sent to the end of the answer, ms. */
  readonly ms: number
}

export interface HttpLoad extends Disposable {
  send(sent: Sent): Promise<Answered>
}

const LIMIT = 60_000

/** Requests over connections that stay open, as many at most. */
export function openHttpLoad(url: string, connections: number): HttpLoad {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  return {
    send({ path, token, body, method = body === undefined ? 'GET' : 'POST' }) {
      const { promise, resolve, reject } = Promise.withResolvers<Answered>()
      const begun = performance.now()
      const headers = {
        'content-type': 'application/json',
        ...(token && { authorization: `Bearer ${token}` }),
      }
      const options = { agent, method, headers, signal: AbortSignal.timeout(LIMIT) }
      const sent = request(url + path, options, (answer) => {
        const toAnswered = (whole: string) =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: whole,
            ms: performance.now() - begun,
          })
        text(answer).then(toAnswered, reject)
      })
      sent.once('error', reject)
      sent.end(body === undefined ? undefined : JSON.stringify(body))
      return promise
    },
    [Symbol.dispose]: () => agent.destroy(),
  }
}

export const login = (username: string, password: string): Sent => ({
  path: '/api/auth/login',
  body: { username, password },
})

export const wrongLogin = (username: string): Sent => login(username, 'wrong')

/** Each lane calls again as soon as it was answered, until `seconds` have passed. @returns calls per second */
export async function closedLoop(
  lanes: number,
  seconds: number,
  call: () => Promise<unknown>,
): Promise<number> {
  const begun = performance.now()
  const end = begun + seconds * 1_000
  let calls = 0
  const lane = async () => {
    while (performance.now() < end) {
      await call()
      calls += 1
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return (calls * 1_000) / (performance.now() - begun)
}

/** Calls at their own times, whether those before have ended or not: a wait counts as the time of who waits. @returns ms of each */
export async function openLoop(
  perSecond: number,
  seconds: number,
  call: () => Promise<unknown>,
): Promise<readonly number[]> {
  const begun = performance.now()
  const one = async (index: number) => {
    const due = begun + (index * 1_000) / perSecond
    await sleep(Math.max(0, due - performance.now()))
    await call()
    return performance.now() - due
  }
  return Promise.all(Array.from({ length: Math.floor(perSecond * seconds) }, (_, index) => one(index)))
}

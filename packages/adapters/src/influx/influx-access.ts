import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Secret } from '@etcdmonitor/core/secret'

/** One bucket of one server, and how to be let in. */
export interface InfluxAccess {
  /** `http(s)://host:port`, perhaps with a path. */
  readonly url: string
  readonly org: string
  readonly bucket: string
  /** Asked before every request, so that a file that was replaced counts. @throws Error when it cannot be read */
  readonly readToken: () => Secret
}

/** Sockets that stay open between the requests of one process to a server. */
export type InfluxAgent = HttpAgent & Disposable

/** At most `sockets` connections at once. */
export function openInfluxAgent(url: string, sockets: number): InfluxAgent {
  const options = { keepAlive: true, maxSockets: sockets }
  const agent = url.startsWith('https:') ? new HttpsAgent(options) : new HttpAgent(options)
  return Object.assign(agent, { [Symbol.dispose]: () => agent.destroy() })
}

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { Server as NetServer, type Socket } from 'node:net'
import { StartRefused } from '@etcdmonitor/core/errors'
import type { Clock } from '@etcdmonitor/core/time'
import type { TlsFiles } from './tls-files.ts'
import { isCode } from './write-durably.ts'

/** api.md 1.4; Node's own would leave slow connections open for minutes. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 60_000,
  maxHeaderSize: 16_384,
  insecureHTTPParser: false,
}
const TLS_LIMITS = { minVersion: 'TLSv1.2', handshakeTimeout: 10_000 } as const
const MAX_CONNECTIONS = 16_384
const MAX_HEADERS = 100
/**
 * A connection without progress for so long is looked at, and ended the second time: the first time Node takes what the kernel has
 * buffered for progress. So a client that does not read has 30 to 40 s, and no route may be silent for longer than this.
 */
const STALLED = 18_000
/** A body of more is not invited by `100 Continue`. */
const MAX_EXPECTED = 65_536

export type HttpListener = (incoming: IncomingMessage, outgoing: ServerResponse) => unknown

export interface HttpServerOptions {
  /** `host` empty: all addresses. Port 0: any that is free. */
  readonly listen: { readonly host: string; readonly port: number }
  /** What the address is called in the configuration; absent: `server.listen`. */
  readonly listenKey?: string
  readonly listener: HttpListener
  readonly clock: Pick<Clock, 'sleep'>
  /** Certificate chain and key: HTTPS instead of HTTP. */
  readonly tls?: TlsFiles | undefined
}

export interface HttpServer {
  readonly address: string
  readonly port: number
  /** With HTTPS: new connections use these; older ones end with their next answer, or when they have been idle for 60 s. */
  renewTls(files: TlsFiles): void
  /** Accepts no more connections, waits at most `limit` ms for the requests that are running, then closes all. */
  drain(limit: number): Promise<void>
}

/** @throws StartRefused when the address cannot be had */
export async function openHttpServer({
  listen,
  listenKey = 'server.listen',
  listener,
  clock,
  tls,
}: HttpServerOptions): Promise<HttpServer> {
  const exchanges = createExchanges()
  // far ends of what was accepted with the present certificate: the socket that has gone through the handshake is another one
  let current = new Set<string>()
  const handle = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    if (incoming.rawHeaders.length / 2 > MAX_HEADERS) return refuseHeaders(outgoing)
    if (secure && !current.has(farEnd(incoming.socket))) outgoing.shouldKeepAlive = false
    incoming.url = keepBackslashes(incoming.url ?? '/')
    exchanges.add(incoming.socket, { outgoing, begin: () => void listener(incoming, outgoing) })
  }
  const secure = tls && createTlsServer({ ...LIMITS, ...TLS_LIMITS, ...tls }, handle)
  // a handshake that goes on has its certificate already
  secure?.on('connection', (socket: Socket) => {
    const end = farEnd(socket)
    current.add(end)
    socket.once('close', () => current.delete(end))
  })
  const server = secure ?? createServer(LIMITS, handle)
  server.maxConnections = MAX_CONNECTIONS
  server.maxHeadersCount = MAX_HEADERS + 1 // Node drops those beyond it in silence
  server.timeout = STALLED
  server.on('checkContinue', (incoming, outgoing) => {
    const isWelcome = Number(incoming.headers['content-length'] ?? 0) <= MAX_EXPECTED
    if (isWelcome) outgoing.writeContinue()
    handle(incoming, outgoing)
  })
  await startListening(server, listen, listenKey)
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new TypeError('the server has no port')
  return {
    address: bound.address,
    port: bound.port,
    renewTls(files) {
      secure?.setSecureContext({ ...TLS_LIMITS, ...files })
      current = new Set()
    },
    async drain(limit) {
      // http's own close also cuts idle connections, on which the next request may be on its way
      NetServer.prototype.close.call(server)
      const ended = new AbortController()
      await Promise.race([exchanges.untilNone(), clock.sleep(limit, ended.signal)])
      ended.abort()
      server.closeAllConnections()
      server.close()
    },
  }
}

const farEnd = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`

/** A URL parser makes slashes of them, so that `/api\\status` would be a second name of a path. */
const keepBackslashes = (target: string): string => target.replaceAll('\\', '%5C')

/** What a `Request` cannot show any more: headers that must not be there twice (their values are joined in it). */
export function findHeadFault(rawHeaders: readonly string[]): string | undefined {
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase())
  const repeated = ['host', 'authorization'].find(
    (name) => names.filter((other) => other === name).length > 1,
  )
  return repeated && `the request has more than one ${repeated} header`
}

/** An answer as Node has it. */
interface Answer {
  readonly closed: boolean
  readonly writableFinished: boolean
  once(event: 'close', listener: () => void): unknown
}

/** Once the answer is over: whether the system has taken all of it to send. What becomes of it then nobody knows. */
export function untilAnswered(answer: Answer): Promise<boolean> {
  return new Promise((resolve) => {
    const tell = () => resolve(answer.writableFinished)
    if (answer.closed) tell()
    else answer.once('close', tell)
  })
}

async function startListening(
  server: NetServer,
  { host, port }: HttpServerOptions['listen'],
  key: string,
): Promise<void> {
  try {
    server.listen({ port, ...(host !== '' && { host }) })
    await once(server, 'listening')
  } catch (error) {
    const known: readonly (readonly [string, string])[] = [
      ['EADDRINUSE', 'is in use by another process'],
      ['EACCES', 'is closed to this user'],
      ['EADDRNOTAVAIL', 'is no address of this machine'],
      ['ENOTFOUND', 'is no host that can be resolved'],
    ]
    const reason = known.find(([code]) => isCode(error, code))?.[1]
    if (reason === undefined) throw error
    throw new StartRefused([`${key}: ${reason}; got ${JSON.stringify(`${host}:${port}`)}`], {
      cause: error,
    })
  }
}

function refuseHeaders(outgoing: ServerResponse): void {
  outgoing.shouldKeepAlive = false
  outgoing.writeHead(431).end()
}

interface Queued {
  readonly outgoing: ServerResponse
  begin(): void
}

/**
 * The requests that are running or wait to. Those of one connection begin one after the other: a client that sends a thousand without
 * reading an answer would otherwise have them all worked on at once.
 */
function createExchanges() {
  const running = new Set<ServerResponse>()
  const lanes = new WeakMap<Socket, Queued[]>()
  let onNone: (() => void) | undefined

  const end = (outgoing: ServerResponse) => {
    running.delete(outgoing)
    if (running.size === 0) onNone?.()
  }

  function laneOf(socket: Socket): Queued[] {
    const known = lanes.get(socket)
    if (known) return known
    const lane: Queued[] = []
    lanes.set(socket, lane)
    // answers that had not their turn yet do not close with their socket
    socket.once('close', () => {
      for (const { outgoing } of lane.splice(0)) end(outgoing)
    })
    return lane
  }

  return {
    add(socket: Socket, queued: Queued) {
      const lane = laneOf(socket)
      running.add(queued.outgoing)
      queued.outgoing.once('close', () => {
        end(queued.outgoing)
        if (lane[0] === queued) lane.shift()
        if (!socket.destroyed) lane[0]?.begin()
      })
      if (lane.push(queued) === 1) queued.begin()
    },
    async untilNone() {
      if (running.size > 0) await new Promise<void>((resolve) => (onNone = resolve))
    },
  }
}

import { isIP, type Socket } from 'node:net'
import type { Clock } from '@etcdmonitor/core/time'
import * as grpc from '@grpc/grpc-js'
import { type CallBudget, within } from './call-budget.ts'
import { callError, type EtcdCallError, silentError, toCallError } from './call-error.ts'
import type { EtcdSchema, EtcdService } from './schema.ts'
import { serverIdentity, type TlsSettings } from './tls-material.ts'

/** What a channel dials. */
export interface DialTarget {
  readonly url: string
  /** As in the URL, without brackets: what TLS expects. */
  readonly host: string
  /** What is dialled: `host`, or an address that it was resolved to. */
  readonly address: string
  readonly port: number
}

export interface ChannelOptions {
  readonly schema: EtcdSchema
  readonly target: DialTarget
  /** Absent: plain text. */
  readonly tls: TlsSettings | undefined
  readonly clock: Clock
}

/** One connection to one endpoint. */
export interface EtcdChannel {
  readonly target: DialTarget
  /** Resolves when calls can be sent. Calls at the same time share one attempt. @throws EtcdCallError, nothing was sent */
  connect(budget: CallBudget): Promise<void>
  client(service: EtcdService): grpc.Client
  /** How many connections were made so far: the same number is the same connection. */
  connections(): number
  /** Ends what runs, destroys its sockets. Who still waits for a connection gets `reason`. */
  close(reason?: EtcdCallError): void
}

/** Connecting takes at most so long, TLS and the first HTTP/2 frame included. */
const CONNECT_LIMIT = 2_000
/** Only to hear why it cannot connect; such a call is not sent. */
const REASON_LIMIT = 1_000

/** The reasons are in etcd.md 4.1. */
const CHANNEL_OPTIONS = {
  'grpc.max_receive_message_length': 33_554_432,
  'grpc.max_send_message_length': -1, // values have a limit of their own
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.keepalive_permit_without_calls': 0, // etcd closes idle connections that ping: too_many_pings
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 3_000,
  'grpc.dns_min_time_between_resolutions_ms': 2_000,
  'grpc.enable_retries': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.enable_http_proxy': 0,
  'grpc-node.flow_control_window': 1_048_576,
  'grpc.use_local_subchannel_pool': 1, // a closed channel must leave no connection, nor its back-off, to the next one
  'grpc.enable_channelz': 0,
} satisfies grpc.ChannelOptions

/** Dials nothing until the first `connect`. */
export function openChannel({ schema, target, tls, clock }: ChannelOptions): EtcdChannel {
  const seen: Seen = { sockets: new Set(), hasHandshake: false, connections: 0 }
  const channel = new grpc.Channel(toGrpcTarget(target), trackSockets(toCredentials(target, tls), seen), {
    ...CHANNEL_OPTIONS,
    ...(tls && { 'grpc.ssl_target_name_override': serverIdentity(target.host, tls.serverName).servername }),
  })
  const clients = new Map<EtcdService, grpc.Client>()
  const client = (service: EtcdService): grpc.Client => {
    const made =
      clients.get(service) ??
      new schema[service]('', grpc.credentials.createInsecure(), { channelOverride: channel })
    clients.set(service, made)
    return made
  }
  let closedBy: EtcdCallError | undefined
  const context = { endpoint: target.url, method: 'connect', sent: false }

  async function untilReady(): Promise<void> {
    for (;;) {
      if (closedBy) throw closedBy
      const state = channel.getConnectivityState(true) // dials, also when the channel was closed
      if (state === grpc.connectivityState.READY) return
      if (state === grpc.connectivityState.TRANSIENT_FAILURE) return askWhy()
      await new Promise<void>((resolve) => {
        channel.watchConnectivityState(state, Number.POSITIVE_INFINITY, () => resolve())
      })
    }
  }

  /** In this state a call fails at once with what the last attempt said. */
  function askWhy(): Promise<void> {
    const method = client('Maintenance') as unknown as UnaryClient // grpc makes the methods from the schema
    return new Promise((resolve, reject) => {
      method.Status({}, { deadline: clock.now() + REASON_LIMIT }, (error) => {
        if (error) reject(closedBy ?? explain(toCallError(error, context), seen))
        else resolve()
      })
    })
  }

  let connecting: Promise<void> | undefined
  return {
    target,
    client,
    connections: () => seen.connections,
    connect(budget) {
      if (channel.getConnectivityState(false) === grpc.connectivityState.READY) return Promise.resolve()
      connecting ??= untilReady().finally(() => {
        connecting = undefined
      })
      const limit = budget.atMost(CONNECT_LIMIT)
      return within({ promise: connecting, budget: limit, clock }, () =>
        seen.sockets.size > 0 ? silentError(context) : callError('timeout', context, NO_CONNECTION),
      )
    },
    close(reason = callError('connection_lost', context, 'closed meanwhile')) {
      closedBy = reason
      channel.close()
      for (const socket of seen.sockets) socket.destroy()
    },
  }
}

/** What a channel saw of its connections. */
interface Seen {
  readonly sockets: Set<Socket>
  /** The newest one came past its TLS handshake; in plain text there is none. */
  hasHandshake: boolean
  /** That came so far. */
  connections: number
}

/** What grpc-js says when the other side closes a connection before its first frame, or answers something else. */
function explain(error: EtcdCallError, { hasHandshake }: Seen): EtcdCallError {
  const { endpoint, method, sent, kind, message } = error.failure
  const context = { endpoint, method, sent }
  const isPlain = endpoint.startsWith('http:')
  // a plain port resets or closes what it takes for nonsense, by chance the one or the other
  const isReset = kind === 'connection_lost' && !hasHandshake
  if (isPlain ? message.startsWith('Failed to connect') : isReset)
    return callError('tls_protocol', context, 'the connection was closed before an answer', error)
  return message.startsWith('Protocol error') ? callError('not_etcd', context, message, error) : error
}

const NO_CONNECTION = 'no connection in time: a firewall, or a wrong address'

interface UnaryClient {
  Status(request: object, options: grpc.CallOptions, done: (error: grpc.ServiceError | null) => void): void
}

function toGrpcTarget({ address, port }: DialTarget): string {
  const family = isIP(address)
  if (family === 6) return `ipv6:[${address}]:${port}`
  return family === 4 ? `ipv4:${address}:${port}` : `dns:${address}:${port}`
}

function toCredentials({ host }: DialTarget, tls: TlsSettings | undefined): grpc.ChannelCredentials {
  if (!tls) return grpc.credentials.createInsecure()
  const { ca = null, key = null, cert = null, insecureSkipVerify } = tls
  return grpc.credentials.createSsl(ca, key, cert, {
    rejectUnauthorized: !insecureSkipVerify,
    checkServerIdentity: serverIdentity(host, tls.serverName).checkServerIdentity,
  })
}

/**
 * Notes the sockets that a channel opens. grpc-js leaves one open for ever when the other side accepts it and then says
 * nothing, also after the channel was closed.
 */
function trackSockets(credentials: grpc.ChannelCredentials, seen: Seen): grpc.ChannelCredentials {
  const create = credentials._createSecureConnector.bind(credentials)
  credentials._createSecureConnector = (...args) => {
    const connector = create(...args)
    const connect = connector.connect.bind(connector)
    connector.connect = async (socket) => {
      seen.hasHandshake = false
      seen.sockets.add(socket)
      socket.once('close', () => seen.sockets.delete(socket))
      const connected = await connect(socket)
      seen.hasHandshake = true
      seen.connections += 1
      return connected
    }
    return connector
  }
  return credentials
}

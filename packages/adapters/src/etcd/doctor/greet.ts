import { X509Certificate } from 'node:crypto'
import type { Socket } from 'node:net'
import { connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls'
import { toFailureMessage } from '@etcdmonitor/core/etcd/describe-failure'
import type { TlsFinding } from '@etcdmonitor/core/etcd/doctor-stage'
import type { Clock } from '@etcdmonitor/core/time'
import type { UrlParts } from '../connection/address-policy.ts'
import { type CallBudget, within } from '../connection/call-budget.ts'
import {
  type CallContext,
  callError,
  EtcdCallError,
  silentError,
  toCallError,
} from '../connection/call-error.ts'
import { serverIdentity, type TlsSettings } from '../connection/tls-material.ts'
import { awaitFirstFrame } from './first-frame.ts'

export interface Greeting {
  readonly parts: UrlParts
  /** Connected; nothing was sent yet. Closed by the caller. */
  readonly socket: Socket
  /** With https. */
  readonly tls: TlsSettings | undefined
  readonly context: CallContext
  readonly clock: Pick<Clock, 'sleep'>
}

export interface Greeted {
  readonly failure?: EtcdCallError
  readonly tls?: TlsFinding
}

const MAX_NAMES = 20
const MAX_TEXT = 100

/** Begins as a gRPC client does, up to the first frame of the server. A failure is part of the answer. */
export async function greet(greeting: Greeting, budget: CallBudget): Promise<Greeted> {
  const { parts, tls, context, clock } = greeting
  const secure = parts.isSecure && tls ? startTls(greeting, tls) : undefined
  const socket = secure ?? greeting.socket
  let found: TlsFinding | undefined
  const walk = async () => {
    if (secure) {
      await handshake(secure, context)
      found = toFinding(secure, tls)
      refuseUntrusted(secure, tls, context)
    }
    await awaitFirstFrame(socket, context)
  }
  try {
    await within({ promise: walk(), budget, clock }, () => silentError(context))
    return found ? { tls: found } : {}
  } catch (error) {
    if (!(error instanceof EtcdCallError)) throw error
    return { failure: error, ...(found && { tls: found }) }
  } finally {
    socket.on('error', () => undefined) // of what is destroyed now
    socket.destroy()
  }
}

/** Not refused at once by Node, so that what the certificate says can be told; `refuseUntrusted` does. */
function startTls({ parts: { host }, socket }: Greeting, settings: TlsSettings): TLSSocket {
  const { ca, cert, key, serverName } = settings
  const { servername, checkServerIdentity } = serverIdentity(host, serverName)
  return connectTls({
    ...{ socket, servername, checkServerIdentity, ALPNProtocols: ['h2'] },
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    rejectUnauthorized: false,
  })
}

function handshake(socket: TLSSocket, context: CallContext): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  socket.once('secureConnect', resolve)
  socket.on('error', (error) => reject(toHandshakeError(error, context)))
  socket.on('close', () => reject(callError('tls_protocol', context, 'closed during the handshake')))
  return promise
}

function toHandshakeError(error: Error, context: CallContext): Error {
  const failed = toCallError(error, context)
  const { kind, message } = failed.failure
  if (/no application protocol/i.test(message))
    return callError('not_etcd', context, 'it speaks no HTTP/2', error)
  return kind === 'connection_lost' || kind === 'unknown'
    ? callError('tls_protocol', context, message, error)
    : failed
}

/** Nothing is sent to who is not trusted. @throws EtcdCallError */
function refuseUntrusted(
  { authorized, authorizationError }: TLSSocket,
  tls: TlsSettings | undefined,
  context: CallContext,
): void {
  if (authorized || tls?.insecureSkipVerify) return
  // Node gives the code, as a text
  const code = String(authorizationError)
  throw toCallError(Object.assign(new Error(code), { code }), context)
}

function toFinding(socket: TLSSocket, tls: TlsSettings | undefined): TlsFinding {
  const certificate = socket.getPeerCertificate()
  return {
    protocol: socket.getProtocol() ?? '',
    issuer: nameOf(certificate.issuer),
    names: namesOf(certificate),
    expiresAt: Date.parse(certificate.valid_to),
    ...(tls?.cert && { clientExpiresAt: Date.parse(new X509Certificate(tls.cert).validTo) }),
  }
}

const nameOf = (issuer: PeerCertificate['issuer'] | undefined): string =>
  toFailureMessage([issuer?.CN ?? issuer?.O ?? issuer?.OU ?? 'nobody'].flat().join(', ')).slice(0, MAX_TEXT)

const namesOf = ({ subjectaltname = '', subject }: PeerCertificate): readonly string[] => {
  const names = subjectaltname.split(', ').filter((name) => name !== '')
  const all = names.length > 0 ? names : [subject?.CN ?? []].flat()
  return all
    .slice(0, MAX_NAMES)
    .map((name) => toFailureMessage(name.replace(/^(DNS|IP Address):/, '')).slice(0, MAX_TEXT))
}

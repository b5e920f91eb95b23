import type { Socket } from 'node:net'
import { type CallContext, callError, toCallError } from '../connection/call-error.ts'

/** The HTTP/2 preface and an empty SETTINGS frame: what a gRPC client begins with. */
const PREFACE = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
])
const FRAME_HEAD = 9
const SETTINGS = 4
const TLS_ALERT = 0x15

/**
 * Greets and waits for the first frame. By TLS 1.3 a server may refuse our certificate only when the handshake looks complete to us, so
 * nothing less shows that it takes us. @throws EtcdCallError
 */
export function awaitFirstFrame(socket: Socket, context: CallContext): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let got = Buffer.alloc(0)
  socket.on('error', (error) => reject(toFrameError(error, context)))
  socket.on('close', () => reject(callError('tls_protocol', context, 'closed before an answer')))
  socket.on('data', (bytes: Buffer) => {
    got = Buffer.concat([got, bytes])
    const verdict = judge(got)
    if (verdict === 'settings') resolve()
    else if (verdict === 'alert') reject(callError('tls_protocol', context, 'it answers by TLS'))
    else if (verdict === 'other') reject(callError('not_etcd', context, 'it answers no HTTP/2'))
  })
  socket.write(PREFACE)
  return promise
}

function judge(bytes: Buffer): 'settings' | 'alert' | 'other' | 'more' {
  if (bytes[0] === TLS_ALERT) return 'alert'
  if (bytes.length < FRAME_HEAD) return bytes[0] === 0 ? 'more' : 'other' // a first frame is short, and so its length begins with 0
  const isSettings = bytes[3] === SETTINGS && bytes.readUInt32BE(5) === 0
  return isSettings ? 'settings' : 'other'
}

/** A reset in place of an answer is how a TLS port ends what it takes for nonsense, and a plain one our handshake. */
function toFrameError(error: Error, context: CallContext): Error {
  const failed = toCallError(error, context)
  const { kind, message } = failed.failure
  return kind === 'connection_lost' ? callError('tls_protocol', context, message, error) : failed
}

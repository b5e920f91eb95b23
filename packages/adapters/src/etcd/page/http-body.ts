import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'

/** Why a body is no result. */
export type BodyFault = 'truncated' | 'too_large' | 'encoding'

export class HttpFailure extends Error {
  override name = 'HttpFailure'
  readonly fault: BodyFault

  constructor(fault: BodyFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.fault = fault
  }
}

/**
 * The decoded body, whole. Encodings are none, `identity` and `gzip`; at most `maxBytes` are taken before and after decoding.
 * @throws HttpFailure, or the reason of an abort of the request
 */
export async function readBody(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (encoding !== 'identity' && encoding !== 'gzip')
    return refuse(response, 'encoding', 'unknown content encoding')
  const { 'content-length': length, 'transfer-encoding': transfer } = response.headers
  if (length === undefined && transfer !== 'chunked' && encoding !== 'gzip')
    return refuse(response, 'truncated', 'the end of the answer cannot be checked')
  if (Number(length) > maxBytes) return refuse(response, 'too_large', `more than ${maxBytes} bytes`)
  const chunks: Buffer[] = []
  const collect = (source: AsyncIterable<Buffer>) => takeAll(source, chunks, maxBytes)
  try {
    if (encoding === 'gzip') await pipeline(response, bounded(maxBytes), createGunzip(), collect)
    else await pipeline(response, collect)
  } catch (error) {
    throw toBodyFailure(error)
  }
  if (!response.complete) throw new HttpFailure('truncated', 'the answer was cut')
  return Buffer.concat(chunks)
}

function refuse(response: IncomingMessage, fault: BodyFault, message: string): never {
  response.destroy()
  throw new HttpFailure(fault, message)
}

async function takeAll(source: AsyncIterable<Buffer>, chunks: Buffer[], maxBytes: number): Promise<void> {
  let size = 0
  for await (const chunk of source) {
    size += chunk.length
    if (size > maxBytes) throw new HttpFailure('too_large', `more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
}

/** Passes on what was received, up to a bound. */
const bounded = (maxBytes: number) =>
  async function* (source: AsyncIterable<Buffer>) {
    let size = 0
    for await (const chunk of source) {
      size += chunk.length
      if (size > maxBytes) throw new HttpFailure('too_large', `more than ${maxBytes} bytes`)
      yield chunk
    }
  }

/** Z_BUF_ERROR: the stream ended early; a wrong check sum or length is that of a cut trailer. Others: that is no gzip. */
function toBodyFailure(error: unknown): unknown {
  const { code = '', message = '' } = error as Partial<NodeJS.ErrnoException> // both are only looked at
  if (code === 'Z_BUF_ERROR' || message === 'incorrect data check' || message === 'incorrect length check')
    return new HttpFailure('truncated', 'the compressed answer was cut', { cause: error })
  if (code.startsWith('Z_')) return new HttpFailure('encoding', 'the answer is no gzip', { cause: error })
  if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code.startsWith('HPE_'))
    return new HttpFailure('truncated', 'the answer was cut', { cause: error })
  return error
}

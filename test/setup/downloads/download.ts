import { createHash, type Hash } from 'node:crypto'
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'

const HASH_BYTES = 32
const LIMIT = 300_000

export interface Download {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** `Content-Length`, and what came of it. */
  readonly length: number
  readonly bytes: number
  /** Whoever downloads is told that this was all. */
  readonly isClean: boolean
  /** All of it, and its last 32 bytes are the SHA-256 of those before. */
  readonly isWhole: boolean
  /** Of what came, without the last 32 bytes. */
  readonly sha256: string
}

export interface DownloadHooks {
  /** Awaited before the first byte is read. */
  readonly onHeaders?: (answer: IncomingMessage) => unknown
  /** With each chunk: how many bytes came so far. What it gives is awaited before the next one. */
  readonly onBytes?: (bytes: number, answer: IncomingMessage) => unknown
}

/** A snapshot as a browser takes it: over a connection of its own, by address alone. Never rejects once it is answered. */
export async function download(url: string, { onHeaders, onBytes }: DownloadHooks = {}): Promise<Download> {
  const answer = await ask(url)
  const tail = holdTail(createHash('sha256'))
  let bytes = 0
  let isClean = false
  try {
    await onHeaders?.(answer)
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      bytes += chunk.length
      tail.take(chunk)
      await onBytes?.(bytes, answer)
    }
    isClean = answer.complete
  } catch (error) {
    if (!isOf(answer, error)) throw error
  } finally {
    answer.destroy()
  }
  const length = Number(answer.headers['content-length'])
  const { sha256, kept } = tail.end()
  return {
    ...{ status: answer.statusCode ?? 0, headers: answer.headers, length, bytes, isClean, sha256 },
    isWhole: bytes === length && kept === sha256,
  }
}

/** What a broken transfer ends with, whoever broke it; anything else is of a hook. */
const isOf = ({ errored }: IncomingMessage, error: unknown): boolean =>
  error === errored || (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE'

function ask(url: string): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const sent = request(url, { agent: false, signal: AbortSignal.timeout(LIMIT) }, resolve)
  sent.on('error', reject).end() // also after the answer: then nobody hears it twice
  return promise
}

/** Hashes all but the last 32 bytes. */
function holdTail(hash: Hash) {
  let held: Uint8Array = new Uint8Array(0)
  return {
    take(chunk: Uint8Array) {
      const all = Buffer.concat([held, chunk])
      const cut = Math.max(0, all.length - HASH_BYTES)
      hash.update(all.subarray(0, cut))
      held = all.subarray(cut)
    },
    end: () => ({ sha256: hash.digest('hex'), kept: Buffer.from(held).toString('hex') }),
  }
}

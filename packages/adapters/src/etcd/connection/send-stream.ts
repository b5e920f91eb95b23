import type { Clock } from '@etcdmonitor/core/time'
import type * as grpc from '@grpc/grpc-js'
import { callError, toCallError } from './call-error.ts'
import type { EtcdService } from './schema.ts'

/** A call that is answered by many messages, as the schema names it. */
export interface StreamCall {
  readonly service: EtcdService
  readonly method: string
  readonly params: object
  /** Milliseconds for which a message is awaited, and for the whole stream. */
  readonly silence: number
  readonly total: number
}

interface Opening {
  readonly client: grpc.Client
  readonly call: StreamCall
  readonly metadata: grpc.Metadata
  readonly url: string
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>
  /** Ends the stream with its reason, at any time. */
  readonly signal: AbortSignal
  /** Called when the stream has ended; may be called more than once. */
  readonly onEnd: () => void
}

/** Its first message is there. */
export interface OpenedStream<T> {
  readonly first: T
  /** Iterated once: the messages after the first. Its `return` ends the call. @throws EtcdCallError, or the reason of the signal */
  readonly rest: AsyncIterable<T>
}

/** Without a reason each would make an error with its stack. */
const OVER = 'over'

type StreamMethod = (params: object, metadata: grpc.Metadata) => grpc.ClientReadableStream<unknown>

/** Messages are taken from gRPC as they are asked for: who does not ask stops the other side. @throws as its iteration does */
export async function sendStream<T>(opening: Opening): Promise<OpenedStream<T>> {
  const { client, call, metadata, url, clock, signal, onEnd } = opening
  const context = { endpoint: url, method: `${call.service}.${call.method}`, sent: true }
  signal.throwIfAborted()
  const send = (client as unknown as Record<string, StreamMethod | undefined>)[call.method] // grpc makes them from the schema
  if (!send) throw callError('not_supported', context, `no method ${call.method}`)
  const stream = send.call(client, call.params, metadata)
  const ended = new AbortController()
  const end = () => {
    ended.abort(OVER)
    signal.removeEventListener('abort', leave)
    stream.cancel()
    wake()
    onEnd()
  }
  /** Absent while the stream goes on; undefined is its proper end. */
  let outcome: { readonly error: unknown } | undefined
  let wake = () => {}
  let waitingSince: number | undefined
  const conclude = (error?: unknown) => {
    outcome ??= { error }
    end()
  }
  const leave = () => conclude(signal.reason)
  signal.addEventListener('abort', leave)
  stream
    .on('readable', () => wake())
    .on('end', () => conclude())
    .on('error', (error) => conclude(toCallError(error, context)))
  void clock.sleep(call.total, ended.signal).then(() => late(`longer than ${call.total} ms`))
  void watchSilence()

  /** Nothing where it has ended. */
  function late(why: string): void {
    if (!ended.signal.aborted) conclude(callError('deadline', context, why))
  }

  /** No timer for each message: there are 30,000 in a GB. */
  async function watchSilence(): Promise<void> {
    for (let left = call.silence; left > 0; left = call.silence - silentFor()) {
      await clock.sleep(left, ended.signal)
      if (ended.signal.aborted) return
    }
    late(`no message in ${call.silence} ms`)
  }
  const silentFor = () => (waitingSince === undefined ? 0 : clock.monotonic() - waitingSince)

  const iterator = {
    async next(): Promise<IteratorResult<T>> {
      for (;;) {
        if (outcome?.error !== undefined) throw outcome.error
        const value = stream.read() as T | null // by the schema
        if (value !== null) return { done: false, value }
        if (outcome) return { done: true, value: undefined }
        waitingSince = clock.monotonic()
        await new Promise<void>((resolve) => (wake = resolve))
        waitingSince = undefined
      }
    },
    async return() {
      conclude()
      return { done: true, value: undefined } as const
    },
  }
  const { done, value } = await iterator.next()
  // no generator: one that was never begun would not end the call when it is left
  if (!done) return { first: value, rest: { [Symbol.asyncIterator]: () => iterator } }
  throw callError('connection_lost', context, 'the stream ended before its first message')
}

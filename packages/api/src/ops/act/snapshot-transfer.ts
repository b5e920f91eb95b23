import type { AppError } from '@etcdmonitor/core/errors'
import type { SnapshotStream, SnapshotSummary } from '@etcdmonitor/core/ports/etcd-cluster'
import { runError } from '../run/run-error.ts'

/** Hands the stream of a snapshot from the run that holds the lock to the answer that sends it. */
export interface SnapshotTransfer {
  /** Gives the stream to whoever waits for `opened`. */
  open(stream: SnapshotStream): void
  readonly opened: Promise<SnapshotStream>
  /** Fulfilled when what was sent is whole, and the system has taken all of it to send; rejects with the reason why not. */
  readonly ended: Promise<SnapshotSummary>
  /** Ends the transfer, so that it never looks like a clean end; the first reason counts. */
  breakOff(reason: unknown): void
  /** Aborts when nothing more comes, in whatever way; what is on its way then cannot be broken off any more. */
  readonly over: AbortSignal
  /** Bytes that were taken so far. */
  sent(): number
  /** The body of the answer, at the pace of who takes it. `answered`: whether all of it went away; where nobody knows, who took it has it. */
  toBody(stream: SnapshotStream, answered?: () => Promise<boolean>): ReadableStream<Uint8Array<ArrayBuffer>>
}

export const clientGone = (): AppError => runError('client_gone', 'the client left before the end')

export function createSnapshotTransfer(): SnapshotTransfer {
  const opened = Promise.withResolvers<SnapshotStream>()
  const ended = Promise.withResolvers<SnapshotSummary>()
  const over = new AbortController()
  ended.promise.catch(() => undefined) // the run looks at it
  let sent = 0
  let body: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined

  const breakOff = (reason: unknown) => {
    if (over.signal.aborted) return
    ended.reject(reason)
    over.abort(reason)
    body?.error(reason) // a client that takes nothing hears of the end as well
  }

  return {
    open: opened.resolve,
    opened: opened.promise,
    ended: ended.promise,
    breakOff,
    over: over.signal,
    sent: () => sent,
    toBody(stream, answered = async () => true) {
      const pieces = stream[Symbol.asyncIterator]()
      return new ReadableStream<Uint8Array<ArrayBuffer>>(
        {
          start(controller) {
            body = controller
            if (over.signal.aborted) controller.error(over.signal.reason)
          },
          async pull(controller) {
            try {
              const { value, done } = await pieces.next()
              if (over.signal.aborted) return
              if (!done) {
                sent += value.byteLength
                return controller.enqueue(value as Uint8Array<ArrayBuffer>) // no part of the program shares memory
              }
              const summary = await stream.verified
              if (over.signal.aborted) return
              controller.close()
              over.abort()
              if (await answered()) ended.resolve(summary)
              else ended.reject(clientGone())
            } catch (error) {
              breakOff(error)
            }
          },
          async cancel() {
            breakOff(clientGone())
            await pieces.return?.()
          },
        },
        { highWaterMark: 1 },
      )
    },
  }
}

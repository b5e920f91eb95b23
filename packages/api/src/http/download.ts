import { AppError } from '@etcdmonitor/core/errors'
import { watchSession } from '../auth/watch-session.ts'
import type { ApiDeps } from '../deps.ts'
import type { ApiEnv } from './api-env.ts'

export type DownloadDeps = Pick<ApiDeps, 'state' | 'keys' | 'clock' | 'log'>
export type Caller = Readonly<Pick<ApiEnv['Variables'], 'session' | 'requestId'>>

export interface Download {
  readonly pieces: AsyncGenerator<Uint8Array<ArrayBuffer>>
  readonly caller: Caller
  /** Is aborted when the download ends, in whatever way. */
  readonly over: AbortController
}

/**
 * Pieces as the body of an answer, at the pace of who takes them and as long as the session lasts. What ends it early breaks the
 * transfer: it never looks like a clean end.
 */
export function toBody(
  deps: DownloadDeps,
  { pieces, caller: { session, requestId }, over }: Download,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { log } = deps
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(controller) {
        const endWithSession = async () => {
          if (!(await watchSession(deps, session, over.signal))) return
          log.info('download_ended_with_session', { request_id: requestId })
          controller.error(new AppError('unauthenticated', 'the session has ended'))
          over.abort()
        }
        endWithSession().catch((error: unknown) => breakOff(controller, error))
      },
      async pull(controller) {
        try {
          const { value, done } = await pieces.next()
          if (over.signal.aborted) return
          if (!done) return controller.enqueue(value)
          controller.close()
          over.abort()
        } catch (error) {
          breakOff(controller, error)
        }
      },
      async cancel() {
        over.abort()
        await pieces.return(undefined)
      },
    },
    { highWaterMark: 1 },
  )

  function breakOff(controller: ReadableStreamDefaultController, error: unknown): void {
    if (over.signal.aborted) return // what was still asked for fails by that
    log.error('download_broken', { request_id: requestId, error })
    controller.error(error)
    over.abort()
  }
}

/** The same items, the first of them read: its failure has a proper answer. */
export async function beginNow<T>(items: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const iterator = items[Symbol.asyncIterator]()
  let first: IteratorResult<T> | undefined = await iterator.next()
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const result = first ?? (await iterator.next())
        first = undefined
        return result
      },
      return: async () => (await iterator.return?.()) ?? { done: true as const, value: undefined },
    }),
  }
}

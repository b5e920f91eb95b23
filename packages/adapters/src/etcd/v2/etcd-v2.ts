import { AppError } from '@etcdmonitor/core/errors'
import { failChange, failRead } from '@etcdmonitor/core/etcd/fail-call'
import { isNotReached } from '@etcdmonitor/core/etcd/failure'
import type { EtcdV2, V2Put } from '@etcdmonitor/core/ports/etcd-v2'
import type { Clock } from '@etcdmonitor/core/time'
import type { CallBudget } from '../connection/call-budget.ts'
import { callError, EtcdCallError, toCallError } from '../connection/call-error.ts'
import { startCall } from '../member-calls.ts'
import { HttpFailure } from '../page/http-body.ts'
import { failV2, readV2Reply, V2_KEY_NOT_FOUND, type V2Reply } from './v2-reply.ts'
import type { V2Request, V2Sender } from './v2-request.ts'

export interface EtcdV2Options {
  /** Configured endpoints: no other address is ever asked. */
  readonly endpoints: readonly string[]
  readonly sender: V2Sender
  readonly clock: Clock
  readonly closing: AbortSignal
}

const DEFAULT_DEADLINE = 10_000
/** So long it is not asked again whether the API is there. */
const OFF_FOR = 10_000
const MAX_BYTES = 67_108_864

/** The v2 keys API by HTTP. It comes back by itself: that it is off is forgotten after 10 s (etcd.md 13). */
export function createEtcdV2({ endpoints, sender, clock, closing }: EtcdV2Options): EtcdV2 {
  let offUntil = Number.NEGATIVE_INFINITY

  const start = (options = {}): CallBudget => startCall({ clock, closing }, options, DEFAULT_DEADLINE)

  function refuse(): never {
    throw new AppError(
      'v2_unavailable',
      'no v2 keys API answers there: it needs etcd 3.5 or older, with --enable-v2',
    )
  }

  async function tryOne(request: V2Request, budget: CallBudget): Promise<V2Reply | undefined> {
    const context = { endpoint: request.url.origin, method: `v2 ${request.method}`, sent: true }
    const late = AbortSignal.timeout(Math.ceil(budget.left()))
    try {
      const { mediaType, body } = await sender.send(request, AbortSignal.any([budget.signal, late]))
      return mediaType === 'application/json' ? readV2Reply(body) : undefined
    } catch (error) {
      budget.signal.throwIfAborted()
      if (error instanceof AppError) throw error
      if (error instanceof HttpFailure && error.fault === 'too_large')
        throw new AppError('result_too_large', 'the tree is larger than 64 MiB: narrow the path', {
          cause: error,
          details: { max_bytes: MAX_BYTES },
        })
      if (late.aborted) throw callError('deadline', context, 'no answer in time', error)
      if (error instanceof HttpFailure) throw callError('connection_lost', context, error.message, error)
      throw toCallError(error, context)
    }
  }

  /** A change goes on to another endpoint only while nothing was sent. */
  async function ask(target: Target, budget: CallBudget): Promise<V2Reply> {
    const isChange = target.method !== 'GET'
    let last: EtcdCallError | undefined
    for (const endpoint of endpoints) {
      try {
        const reply = await tryOne({ ...target, url: toUrl(endpoint, target) }, budget)
        if (reply) return reply
        offUntil = clock.monotonic() + OFF_FOR
        return refuse()
      } catch (error) {
        if (!(error instanceof EtcdCallError)) throw error
        last = error
        if (isChange && !isNotReached(error.failure)) break
        if (budget.left() === 0) break
      }
    }
    if (!last) throw new AppError('etcd_unavailable', 'no endpoint is configured')
    throw isChange ? failChange(last.failure, undefined, last) : failRead(last.failure, undefined, last)
  }

  async function askKnown(target: Target, options: Parameters<EtcdV2['probe']>[0]): Promise<V2Reply> {
    const budget = start(options)
    return clock.monotonic() < offUntil ? refuse() : ask(target, budget)
  }

  return {
    async probe(options) {
      await ask({ method: 'GET', key: '/', query: { quorum: 'false' } }, start(options))
      offUntil = Number.NEGATIVE_INFINITY
    },
    async get(key, { recursive }, options) {
      const query = recursive ? { recursive: 'true', sorted: 'true' } : { quorum: 'true', sorted: 'true' }
      const reply = await askKnown({ method: 'GET', key, query }, options)
      if ('node' in reply) return reply.node
      if (reply.code === V2_KEY_NOT_FOUND) return undefined
      throw failV2(reply)
    },
    async put(key, change, options) {
      const reply = await askKnown({ method: 'PUT', key, query: {}, form: toForm(change) }, options)
      if (!('node' in reply)) {
        const isMissing = reply.code === V2_KEY_NOT_FOUND // a condition on a key that is not there
        throw isMissing ? failV2({ ...reply, code: 101 }) : failV2(reply)
      }
      return { node: reply.node, created: !reply.hadNode }
    },
    async remove(key, { recursive, ifIndex }, options) {
      const query = {
        ...(recursive && { recursive: 'true' }),
        ...(ifIndex !== undefined && { prevIndex: ifIndex }),
      }
      const reply = await askKnown({ method: 'DELETE', key, query }, options)
      if ('node' in reply) return true
      if (reply.code === V2_KEY_NOT_FOUND) return false
      throw failV2(reply)
    },
  }
}

interface Target extends Pick<V2Request, 'method' | 'form'> {
  readonly key: string
  readonly query: Readonly<Record<string, string>>
}

/** Parts are percent-encoded; `.` and `..` would be resolved by the URL, so they never come here. */
function toUrl(endpoint: string, { key, query }: Target): URL {
  const path = key.split('/').map(encodeURIComponent).join('/')
  const url = new URL(`/v2/keys${path}`, endpoint)
  url.search = new URLSearchParams(query).toString()
  return url
}

function toForm(change: V2Put): URLSearchParams {
  const ttl = change.ttlSeconds === undefined ? '' : String(change.ttlSeconds) // empty makes it permanent
  if (change.dir) return new URLSearchParams({ dir: 'true', ttl, prevExist: 'false' })
  const { value, ifIndex } = change
  const condition =
    ifIndex === undefined ? {} : ifIndex === '0' ? { prevExist: 'false' } : { prevIndex: ifIndex }
  return new URLSearchParams({ value, ttl, ...condition })
}

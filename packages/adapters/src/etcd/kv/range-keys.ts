import { setImmediate } from 'node:timers/promises'
import { failRead, failureIn } from '@etcdmonitor/core/etcd/fail-call'
import type { KeyRange } from '@etcdmonitor/core/keys/key-entry'
import { walkRange } from '@etcdmonitor/core/keys/walk-range'
import type { CallOptions } from '@etcdmonitor/core/ports/call-options'
import type { EtcdKeys, KeyBatch, RangeQuery } from '@etcdmonitor/core/ports/etcd-keys'
import type { CallBudget } from '../connection/call-budget.ts'
import { callError } from '../connection/call-error.ts'
import type { KvCalls } from './kv-calls.ts'
import { type RangeReply, readRangeReply } from './range-reply.ts'

export interface RangeKeysOptions {
  readonly calls: KvCalls
  /** Of the cluster whose data is asked for; absent while none is known. */
  readonly clusterId: () => string | undefined
  /** etcd refused a range. */
  readonly onRefused: () => void
}

/** Keys of one page of a scan, and of a batch of it. */
const PAGE = 20_000
const BATCH = 2_000
/** With values: of the first page, and what a page may hold. */
const FIRST_VALUES = 500
const MAX_VALUES = 5_000
const VALUES_SIZE = 4_194_304
const ZERO = Buffer.of(0)

/** Reads ranges: the only place that asks KV.Range. */
export function createRangeKeys(options: RangeKeysOptions): Pick<EtcdKeys, 'range' | 'scan'> {
  const { calls, clusterId, onRefused } = options

  async function ask(query: RangeQuery, budget: CallBudget): Promise<RangeReply> {
    const how = { linearizable: !query.serializable, isListing: query.serializable }
    const call = { service: 'KV', method: 'range', params: toParams(query) } as const
    const reply = decode(await calls.read<Uint8Array>(call, budget, how), query.values)
    const known = clusterId()
    if (known === undefined || reply.clusterId === known) return reply
    const context = { endpoint: '', method: 'KV.Range', sent: true }
    const text = `the reply is of cluster ${reply.clusterId}, not of ${known}`
    throw failRead(callError('wrong_cluster', context, text).failure)
  }

  /** Smaller until the reply fits; from the leader's state where a member lags behind the revision that is read. */
  async function askUntilItFits(query: RangeQuery, budget: CallBudget): Promise<RangeReply> {
    try {
      return await ask(query, budget)
    } catch (error) {
      const kind = failureIn(error)?.kind
      if (kind === 'permission_denied') onRefused()
      if (kind === 'reply_too_large' && query.limit > 1)
        return askUntilItFits({ ...query, limit: Math.ceil(query.limit / 2) }, budget)
      if (kind === 'future_revision' && query.serializable)
        return askUntilItFits({ ...query, serializable: false }, budget)
      throw error
    }
  }

  return {
    async range(query, callOptions) {
      const reply = await askUntilItFits(query, calls.start(callOptions))
      const { memberId, revision, count, more } = reply
      return { entries: reply.slice(0, reply.length), memberId, revision, count, more }
    },
    async *scan(
      { from, to, values, revision: asked },
      callOptions: CallOptions = {},
    ): AsyncGenerator<KeyBatch> {
      let revision = asked
      let limit = values ? FIRST_VALUES : PAGE
      const read = async (range: KeyRange) => {
        const query = { ...range, limit, values, revision, serializable: true }
        const reply = await askUntilItFits(query, calls.start(callOptions))
        revision ??= reply.revision
        if (values && reply.length > 0) limit = nextLimit(reply)
        else if (reply.more && reply.length < limit) limit = reply.length
        return reply
      }
      for await (const { part, more } of walkRange({ range: { from, to }, read })) {
        const { memberId } = part
        for (let at = 0; at < Math.max(part.length, 1); at += BATCH) {
          await setImmediate() // else decoding a page would hold up all other requests
          const entries = part.slice(at, at + BATCH)
          yield {
            entries,
            more: at + BATCH < part.length || more,
            memberId,
            revision: revision ?? part.revision,
          }
        }
      }
    },
  }
}

const nextLimit = ({ length, size }: RangeReply): number =>
  Math.min(MAX_VALUES, Math.max(1, Math.round((length * VALUES_SIZE) / size)))

const toParams = ({ from, to, limit, values, revision, serializable }: RangeQuery) => ({
  key: from.length === 0 ? ZERO : from,
  range_end: to.length === 0 ? ZERO : to,
  limit,
  serializable,
  ...(revision !== undefined && { revision }),
  ...(limit === 0 ? { count_only: true } : { keys_only: !values }),
})

function decode(bytes: Uint8Array, values: boolean): RangeReply {
  try {
    return readRangeReply(bytes, values)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw failRead(
      callError('unknown', { endpoint: '', method: 'KV.Range', sent: true }, cause.message).failure,
      undefined,
      cause,
    )
  }
}

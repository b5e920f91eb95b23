import { AppError } from '@etcdmonitor/core/errors'
import type { KeyEntry, KeyRange } from '@etcdmonitor/core/keys/key-entry'
import type { EtcdKeys, PutChange, PutResult } from '@etcdmonitor/core/ports/etcd-keys'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { CallBudget } from '../connection/call-budget.ts'
import type { KvCalls } from './kv-calls.ts'

const ZERO = Buffer.of(0)
const NONE = '0'
/** Rounds in which a key may come and go while it is put. */
const KEEP_ROUNDS = 3

interface TxnReply {
  readonly header?: { readonly revision: string } | null
  readonly succeeded: boolean
  readonly responses: readonly {
    readonly response_range?: { readonly count: string; readonly kvs: readonly KeyValue[] } | null
    readonly response_delete_range?: { readonly deleted: string } | null
  }[]
}

interface KeyValue {
  readonly key: Uint8Array
  readonly create_revision: string
  readonly mod_revision: string
  readonly version: string
  readonly value: Uint8Array
  readonly lease: string
}

interface PutTxn {
  readonly compare: readonly object[]
  readonly put: object
}

type Wrote = Omit<PutResult, 'grantedSeconds'>

/** The condition was not met: nothing was written. */
interface Unmet {
  /** Mod revision of the key, `"0"`: there is none. */
  readonly current: string
}

interface Granted {
  readonly id: string
  readonly seconds: number
}

/** Each change is one transaction that is sent once. */
export function createChangeKeys(calls: KvCalls, log: Log): Pick<EtcdKeys, 'put' | 'remove'> {
  const txn = (params: object, budget: CallBudget): Promise<TxnReply> =>
    calls.change<TxnReply>({ service: 'KV', method: 'txn', params }, budget)

  async function grant(seconds: number, budget: CallBudget): Promise<Granted> {
    const params = { TTL: String(seconds), ID: NONE }
    const call = { service: 'Lease', method: 'leaseGrant', params } as const
    const { ID: id, TTL: ttl } = await calls.change<{ ID: string; TTL: string }>(call, budget)
    return { id, seconds: Number(ttl) }
  }

  /** The key certainly does not bear it. */
  async function revoke(id: string, budget: CallBudget): Promise<void> {
    try {
      await calls.change({ service: 'Lease', method: 'leaseRevoke', params: { ID: id } }, budget)
    } catch (error) {
      log.warn('lease_not_revoked', { lease_id: id, error })
    }
  }

  async function putIf(
    change: PutChange,
    { compare, put }: PutTxn,
    budget: CallBudget,
  ): Promise<Wrote | Unmet> {
    const get = { request_range: { key: change.key } }
    const params = { compare, success: [{ request_put: put }, get], failure: [get] }
    const reply = await txn(params, budget)
    const found = reply.responses.at(-1)?.response_range?.kvs[0]
    if (!reply.succeeded) return { current: found?.mod_revision ?? NONE }
    if (!found) throw new AppError('etcd_error', 'etcd did not show the key that was put')
    return { entry: toEntry(found), revision: revisionOf(reply), created: found.version === '1' }
  }

  /**
   * A transaction cannot say "with its lease, or with none if it is new" without the value in both branches, which would halve the
   * largest value. So what is met more often is tried first; an unmet condition wrote nothing.
   */
  async function putKeeping(change: PutChange, budget: CallBudget): Promise<Wrote> {
    const { key, value } = change
    let current = NONE
    for (let round = 0; round < KEEP_ROUNDS; round += 1) {
      const kept = await putIf(
        change,
        { compare: [exists(key)], put: { key, value, ignore_lease: true } },
        budget,
      )
      if ('entry' in kept) return kept
      const made = await putIf(change, { compare: [isMissing(key)], put: { key, value } }, budget)
      if ('entry' in made) return made
      current = made.current
    }
    throw conflict(current)
  }

  async function putWith(change: PutChange, lease: string, budget: CallBudget): Promise<Wrote> {
    const { key, value, ifModRevision } = change
    if (change.lease === 'keep' && ifModRevision === undefined) return putKeeping(change, budget)
    const isNew = ifModRevision === NONE
    const keeps = change.lease === 'keep' && !isNew
    const wanted = isNew ? isMissing(key) : compareMod(key, ifModRevision ?? NONE)
    const result = await putIf(
      change,
      {
        compare: ifModRevision === undefined ? [] : [wanted],
        put: { key, value, ...(keeps ? { ignore_lease: true } : { lease }) },
      },
      budget,
    )
    if ('entry' in result) return result
    throw conflict(result.current)
  }

  async function putGranted(change: PutChange, granted: Granted, budget: CallBudget) {
    try {
      return { ...(await putWith(change, granted.id, budget)), grantedSeconds: granted.seconds }
    } catch (error) {
      // revoking it would delete the key if the put went through; it expires by itself
      if (!(error instanceof AppError) || error.code !== 'outcome_unknown') {
        await revoke(granted.id, budget)
        throw error
      }
      const details = { ...error.details, lease_id: granted.id }
      throw new AppError(error.code, error.message, { cause: error, details })
    }
  }

  return {
    async put(change, options) {
      const budget = calls.start(options)
      if (typeof change.lease === 'string') return putWith(change, NONE, budget)
      return putGranted(change, await grant(change.lease.grantSeconds, budget), budget)
    },
    async remove(change, options) {
      const { ranges, ifModRevision, ifUnchangedSince } = change
      const params = {
        compare: ranges.flatMap((range) => [
          ...(ifModRevision === undefined ? [] : [compareMod(range.from, ifModRevision)]),
          ...(ifUnchangedSince === undefined ? [] : [unchangedSince(range, ifUnchangedSince)]),
        ]),
        success: ranges.map((range) => ({ request_delete_range: toBounds(range) })),
        failure: ranges.map((range) => ({
          request_range: { ...toBounds(range), ...(ifModRevision === undefined && { count_only: true }) },
        })),
      }
      const reply = await txn(params, calls.start(options))
      if (!reply.succeeded) throw removalConflict(reply, ifModRevision !== undefined)
      const deleted = reply.responses.reduce(
        (sum, { response_delete_range: one }) => sum + Number(one?.deleted ?? 0),
        0,
      )
      return { deleted, revision: revisionOf(reply) }
    },
  }
}

const exists = (key: Uint8Array) => ({ result: 'Greater', target: 'Version', key, version: NONE })
const isMissing = (key: Uint8Array) => ({ result: 'Equal', target: 'Version', key, version: NONE })

const compareMod = (key: Uint8Array, revision: string) => ({
  result: 'Equal',
  target: 'Mod',
  key,
  mod_revision: revision,
})

/** Holds when it holds for every key of the range, and when there is none. */
const unchangedSince = (range: KeyRange, revision: string) => ({
  result: 'Less',
  target: 'Mod',
  ...toBounds(range),
  mod_revision: String(BigInt(revision) + 1n),
})

const toBounds = ({ from, to }: KeyRange) => ({
  key: from.length === 0 ? ZERO : from,
  range_end: to.length === 0 ? ZERO : to,
})

const revisionOf = ({ header }: TxnReply): string => header?.revision ?? NONE

const toEntry = (found: KeyValue): KeyEntry => ({
  key: found.key,
  createRevision: found.create_revision,
  modRevision: found.mod_revision,
  keyVersion: found.version,
  value: found.value,
  ...(found.lease !== NONE && { leaseId: found.lease }),
})

function conflict(current: string): AppError {
  const text = current === NONE ? 'the key does not exist' : `the key is at revision ${current}`
  return new AppError('revision_conflict', text, { details: { current_revision: current } })
}

function removalConflict({ responses }: TxnReply, isSingle: boolean): AppError {
  if (isSingle) return conflict(responses[0]?.response_range?.kvs[0]?.mod_revision ?? NONE)
  const count = responses.reduce((sum, { response_range: one }) => sum + Number(one?.count ?? 0), 0)
  return new AppError('revision_conflict', `keys were changed meanwhile, there are ${count} now`, {
    details: { count },
  })
}

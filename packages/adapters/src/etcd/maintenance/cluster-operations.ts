import { AppError, type ErrorCode } from '@etcdmonitor/core/errors'
import { failRead, failureIn } from '@etcdmonitor/core/etcd/fail-call'
import type { Alarm } from '@etcdmonitor/core/etcd/member'
import type { EtcdMaintenance } from '@etcdmonitor/core/ports/etcd-cluster'
import type { ICallable } from 'etcd3'
import type { CallBudget } from '../connection/call-budget.ts'
import { EtcdCallError } from '../connection/call-error.ts'
import type { KvCalls } from '../kv/kv-calls.ts'
import { readRangeReply } from '../kv/range-reply.ts'
import { findCompactedRevision } from './compacted-revision.ts'

const NO_AGREEMENT: ReadonlySet<ErrorCode> = new Set(['no_quorum', 'etcd_timeout'])
const PHYSICAL_LIMIT = 600_000
const FIRST_KEY = Uint8Array.of(0)
/** Our names of alarms, by those of the schema. */
const ALARM_TYPES: ReadonlyMap<string, string> = new Map([
  ['Nospace', 'NOSPACE'],
  ['Corrupt', 'CORRUPT'],
])

interface AlarmReply {
  /** A type that the schema does not know is its number. */
  readonly alarms: readonly { readonly memberID: string; readonly alarm: string | number }[]
}

/** Calls of operations that any voter may answer (etcd.md 7). */
export function createClusterOperations(
  calls: KvCalls,
): Pick<EtcdMaintenance, 'alarms' | 'disarm' | 'headRevision' | 'compactedRevision' | 'compact'> {
  /** By a member that has applied all that was agreed on; where nobody agrees on anything, by any member. */
  async function readCompacted(budget: CallBudget): Promise<string> {
    const ask = (serializable: boolean) =>
      calls.readBy((client) => askForCompacted(client, serializable), budget, { linearizable: !serializable })
    try {
      return await ask(false)
    } catch (error) {
      budget.signal.throwIfAborted()
      if (!(error instanceof AppError) || !NO_AGREEMENT.has(error.code)) throw error
      return ask(true)
    }
  }

  return {
    async alarms(options) {
      const params = { action: 'Get', memberID: '0', alarm: 'None' }
      const call = { service: 'Maintenance', method: 'alarm', params } as const
      const reply = await calls.read<AlarmReply>(call, calls.start(options), { linearizable: true })
      return toAlarms(reply)
    },
    async disarm({ memberId, type }, options) {
      const [alarm] = [...ALARM_TYPES].find(([, ours]) => ours === type) ?? []
      if (alarm === undefined)
        throw new AppError('not_supported', `alarms of the type ${type.slice(0, 40)} are not known here`)
      const params = { action: 'Deactivate', memberID: memberId, alarm }
      const call = { service: 'Maintenance', method: 'alarm', params } as const
      const reply = await calls.changeThisCluster<AlarmReply>(call, options)
      return reply.alarms.length > 0 // etcd lists what it took away
    },
    async headRevision(options) {
      const call = { service: 'KV', method: 'range', params: countOne({ serializable: false }) } as const
      try {
        const reply = await calls.read<Uint8Array>(call, calls.start(options), { linearizable: true })
        return readRangeReply(reply, false).revision
      } catch (error) {
        const failure = failureIn(error)
        if (failure?.kind !== 'permission_denied') throw error
        // no key was asked for: what is missing is the right to operate
        throw failRead({ ...failure, method: 'HeadRevision' }, undefined, error)
      }
    },
    async compactedRevision(options) {
      const budget = calls.start(options)
      try {
        return await readCompacted(budget)
      } catch (error) {
        if (failureIn(error)?.kind !== 'permission_denied') throw error
        return undefined
      }
    },
    async compact(revision, physical, options) {
      const call = { service: 'KV', method: 'compact', params: { revision, physical } } as const
      await calls.changeThisCluster(call, options, physical ? PHYSICAL_LIMIT : undefined)
    },
  }
}

const countOne = (how: { readonly serializable: boolean; readonly revision?: string }) => ({
  key: FIRST_KEY,
  count_only: true,
  ...how,
})

/** Of one member, below its own head: whoever lags has no revision of the future to refuse. */
async function askForCompacted(client: ICallable<string>, serializable: boolean): Promise<string> {
  const range = async (how: Parameters<typeof countOne>[0]): Promise<string> => {
    const params = countOne(how)
    const reply = await client.exec('KV' as never, 'range' as never, params as never)
    return readRangeReply(reply as Uint8Array, false).revision // by the schema
  }
  const isReadable = async (revision: bigint): Promise<boolean> => {
    try {
      await range({ serializable: true, revision: `${revision}` })
      return true
    } catch (error) {
      if (error instanceof EtcdCallError && error.failure.kind === 'compacted') return false
      throw error
    }
  }
  return findCompactedRevision(BigInt(await range({ serializable })), isReadable)
}

const toAlarms = ({ alarms }: AlarmReply): readonly Alarm[] =>
  alarms.map(({ memberID, alarm }) => ({
    memberId: memberID,
    type: ALARM_TYPES.get(String(alarm)) ?? `UNKNOWN(${alarm})`,
  }))

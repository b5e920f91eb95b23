import { failureIn } from '@etcdmonitor/core/etcd/fail-call'
import type { LeaseId } from '@etcdmonitor/core/keys/key-entry'
import type { EtcdKeys } from '@etcdmonitor/core/ports/etcd-keys'
import type { CallBudget } from '../connection/call-budget.ts'
import type { KvCalls } from './kv-calls.ts'

const MAX_LEASES = 1_000
const AT_ONCE = 16

interface TimeToLive {
  readonly TTL: string
  readonly grantedTTL: string
}

/** How long leases live on (etcd.md 10). */
export function createLeases(calls: KvCalls): Pick<EtcdKeys, 'leaseSeconds'> {
  async function lookUp(id: LeaseId, budget: CallBudget): Promise<number | undefined> {
    const call = { service: 'Lease', method: 'leaseTimeToLive', params: { ID: id, keys: false } } as const
    try {
      const { TTL, grantedTTL } = await calls.read<TimeToLive>(call, budget, { linearizable: true })
      return grantedTTL === '0' ? undefined : Math.max(0, Number(TTL)) // negative: expired, not removed yet
    } catch (error) {
      budget.signal.throwIfAborted()
      if (failureIn(error) === undefined) throw error
      return undefined
    }
  }

  return {
    async leaseSeconds(ids, options) {
      const budget = calls.start(options)
      const waiting = [...new Set(ids)].slice(0, MAX_LEASES)
      const found = new Map<LeaseId, number>()
      const work = async () => {
        for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
          const seconds = await lookUp(id, budget)
          if (seconds !== undefined) found.set(id, seconds)
        }
      }
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, waiting.length) }, work))
      return found
    },
  }
}

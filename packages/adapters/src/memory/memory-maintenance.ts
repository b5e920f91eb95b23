import { AppError } from '@etcdmonitor/core/errors'
import { failRead } from '@etcdmonitor/core/etcd/fail-call'
import type { Alarm, Member, MemberId, MemberStatus } from '@etcdmonitor/core/etcd/member'
import type { CallOptions } from '@etcdmonitor/core/ports/call-options'
import type { EtcdMaintenance } from '@etcdmonitor/core/ports/etcd-cluster'
import type { Clock } from '@etcdmonitor/core/time'
import { failureOf, type MemoryCalls, type MemoryWork } from './memory-calls.ts'
import type { MemoryKeys } from './memory-keys.ts'
import { type MemorySnapshot, memorySnapshot } from './memory-snapshot.ts'

export interface MemoryMaintenanceOptions {
  readonly clock: Pick<Clock, 'now' | 'monotonic' | 'sleep'>
  readonly closing: AbortSignal
  readonly calls: MemoryCalls
  readonly keys: Pick<MemoryKeys, 'head' | 'compacted' | 'compactTo'>
  /** Of the newest view. @throws AppError `member_not_found`, or the reason of an abort */
  readonly find: (id: MemberId, options?: CallOptions) => Member
  /** Asks for its Status, which enters the view. @throws AppError, or the reason of an abort */
  readonly probe: (member: Member, options?: CallOptions) => Promise<unknown>
  /** Who answers for the cluster. @throws AppError when nobody is there, or the reason of an abort */
  readonly anybody: (options?: CallOptions) => Member
  /** Absent: nobody leads. */
  readonly leader: () => Member | undefined
  readonly setLeader: (id: MemberId) => void
  readonly isVoter: (id: MemberId) => boolean
  readonly statusOf: (id: MemberId) => MemberStatus
  readonly setStatus: (id: MemberId, status: Partial<MemberStatus>) => void
}

type Operations = Omit<EtcdMaintenance, 'status' | 'metricsPage' | 'leaseCount'>

export interface MemoryMaintenance extends Operations {
  /** Active now; they show in the Status of every member too. */
  setAlarms(alarms: readonly Alarm[]): void
  activeAlarms(): readonly Alarm[]
  /** What `hashKv` gives; 7 for every member that was not set. */
  setHash(member: MemberId, hash: number): void
  /** Milliseconds for which a defragmentation blocks the member; 0 when not set. */
  setDefragTime(member: MemberId, ms: number): void
  /** What `snapshot` of the member sends. */
  setSnapshot(member: MemberId, snapshot: MemorySnapshot): void
  /** Its process started anew just now: its marks begin again. */
  restart(member: MemberId): void
}

const STATUS_LIMIT = 3_000
const READ_LIMIT = 3_000
const LIMIT = 10_000
const SILENCE = 15_000
const HASH_LIMIT = 120_000
const LONG_LIMIT = 600_000

/** Operations on the members of a memory cluster, with the effects that etcd's have. */
export function memoryMaintenance(options: MemoryMaintenanceOptions): MemoryMaintenance {
  const { clock, closing, calls, keys, find, anybody, leader, statusOf } = options
  let alarms: readonly Alarm[] = []
  const hashes = new Map<MemberId, number>()
  const defragTimes = new Map<MemberId, number>()
  const snapshots = new Map<MemberId, MemorySnapshot>()
  const defrags = new Map<MemberId, number>()
  const starts = new Map<MemberId, number>()
  const began = clock.now() / 1_000

  function performed(id: MemberId): void {
    defrags.set(id, (defrags.get(id) ?? 0) + 1)
    options.setStatus(id, { dbSizeBytes: statusOf(id).dbSizeInUseBytes })
  }

  /** @throws AppError `no_quorum` */
  function needLeader(
    method: 'alarms' | 'disarm' | 'headRevision' | 'compact' | 'moveLeader',
    asked: Member,
  ) {
    const leading = leader()
    if (!leading) throw failRead(failureOf('no_leader', method, asked))
    return leading
  }

  /** A call to one member: who answers there is looked at first, within the same deadline. */
  async function performAt<T>(
    member: Member,
    work: MemoryWork<T> & { limit: number },
    callOptions?: CallOptions,
  ) {
    const { deadline = work.limit, signal, mayStillSend } = callOptions ?? {}
    const asked = clock.monotonic()
    const ending = signal && { signal }
    await options.probe(member, { ...ending, deadline: Math.min(STATUS_LIMIT, deadline) })
    const left = Math.max(0, deadline - (clock.monotonic() - asked))
    return calls.perform(member, work, { ...ending, deadline: left, ...(mayStillSend && { mayStillSend }) })
  }

  const isSame = (a: Alarm, b: Alarm) => a.memberId === b.memberId && a.type === b.type

  return {
    async alarms(callOptions) {
      const member = anybody(callOptions)
      needLeader('alarms', member)
      return calls.perform(
        member,
        { method: 'alarms', isAnybody: true, limit: LIMIT, run: () => alarms },
        callOptions,
      )
    },
    async disarm(alarm, callOptions) {
      const member = anybody(callOptions)
      if (alarm.type !== 'NOSPACE' && alarm.type !== 'CORRUPT')
        throw new AppError(
          'not_supported',
          `alarms of the type ${alarm.type.slice(0, 40)} are not known here`,
        )
      needLeader('disarm', member)
      const run = () => {
        const left = alarms.filter((one) => !isSame(one, alarm))
        const isFound = left.length < alarms.length
        alarms = left
        return isFound
      }
      return calls.perform(
        member,
        { method: 'disarm', isChange: true, isAnybody: true, limit: LIMIT, run },
        callOptions,
      )
    },
    async headRevision(callOptions) {
      const member = anybody(callOptions)
      needLeader('headRevision', member)
      const work = { method: 'headRevision', isAnybody: true, limit: LIMIT, run: keys.head } as const
      return calls.perform(member, work, callOptions)
    },
    async compactedRevision(callOptions) {
      const member = anybody(callOptions)
      const work = {
        method: 'compactedRevision',
        isAnybody: true,
        limit: LIMIT,
        run: keys.compacted,
      } as const
      try {
        return await calls.perform(member, work, callOptions)
      } catch (error) {
        if (error instanceof AppError && error.code === 'permission_denied') return undefined
        throw error
      }
    },
    async compact(target, physical, callOptions) {
      const member = anybody(callOptions)
      needLeader('compact', member)
      const limit = physical ? LONG_LIMIT : LIMIT
      const run = () => keys.compactTo(target)
      return calls.perform(
        member,
        { method: 'compact', isChange: true, isAnybody: true, limit, run },
        callOptions,
      )
    },
    async moveLeader(target, callOptions) {
      const leading = needLeader('moveLeader', anybody(callOptions))
      const run = () => {
        if (!options.isVoter(target))
          throw failRead(failureOf('bad_transferee', 'moveLeader', leading), target)
        options.setLeader(target)
      }
      return performAt(leading, { method: 'moveLeader', isChange: true, limit: LIMIT, run }, callOptions)
    },
    async serializableRead(id, callOptions) {
      const work = { method: 'serializableRead', limit: READ_LIMIT, run: () => undefined } as const
      return performAt(find(id, callOptions), work, callOptions)
    },
    async hashKv(id, revision, callOptions) {
      const member = find(id, callOptions)
      const run = () => {
        if (BigInt(revision) > BigInt(keys.head()))
          throw failRead(failureOf('future_revision', 'hashKv', member), id)
        if (BigInt(revision) < BigInt(keys.compacted()))
          throw failRead(failureOf('compacted', 'hashKv', member), id)
        return { memberId: id, hash: hashes.get(id) ?? 7, revision, compactRevision: keys.compacted() }
      }
      return performAt(member, { method: 'hashKv', limit: HASH_LIMIT, run }, callOptions)
    },
    async defragment(id, callOptions) {
      const member = find(id, callOptions)
      const takes = defragTimes.get(id) ?? 0
      const run = () => performed(id)
      const work = { method: 'defragment', isChange: true, limit: LONG_LIMIT, takes, run } as const
      return performAt(member, work, callOptions)
    },
    async defragMark(id, callOptions) {
      const read = () => ({ count: defrags.get(id) ?? 0, processStart: starts.get(id) ?? began })
      try {
        const member = find(id, callOptions)
        return await calls.perform(member, { method: 'defragMark', limit: LIMIT, run: read }, callOptions)
      } catch (error) {
        callOptions?.signal?.throwIfAborted()
        closing.throwIfAborted()
        if (!(error instanceof AppError)) throw error
        return undefined
      }
    },
    async snapshot(id, callOptions) {
      const member = find(id, callOptions)
      const opened = () => snapshots.get(id) ?? {}
      const snapshot = await performAt(
        member,
        { method: 'snapshot', limit: SILENCE, run: opened },
        callOptions,
      )
      const fail = () => failRead(failureOf('connection_lost', 'snapshot', member), id)
      const signal = AbortSignal.any([closing, ...(callOptions?.signal ? [callOptions.signal] : [])])
      return memorySnapshot(snapshot, { clock, signal, fail })
    },
    setAlarms: (next) => {
      alarms = next
    },
    activeAlarms: () => alarms,
    setHash: (id, hash) => void hashes.set(id, hash),
    setDefragTime: (id, ms) => void defragTimes.set(id, ms),
    setSnapshot: (id, snapshot) => void snapshots.set(id, snapshot),
    restart(id) {
      defrags.delete(id)
      starts.set(id, clock.now() / 1_000)
    },
  }
}

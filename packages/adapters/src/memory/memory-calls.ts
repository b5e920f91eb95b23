import { AppError } from '@etcdmonitor/core/errors'
import { failChange, failRead } from '@etcdmonitor/core/etcd/fail-call'
import { type EtcdFailure, type EtcdFailureKind, isNotReached, stageOf } from '@etcdmonitor/core/etcd/failure'
import type { Member, MemberId } from '@etcdmonitor/core/etcd/member'
import type { CallOptions } from '@etcdmonitor/core/ports/call-options'
import type { EtcdMaintenance } from '@etcdmonitor/core/ports/etcd-cluster'
import type { EtcdKeys } from '@etcdmonitor/core/ports/etcd-keys'
import type { Clock } from '@etcdmonitor/core/time'

/** One call that was made, in order. */
export interface MemoryCall {
  readonly method: 'list' | keyof EtcdMaintenance | keyof EtcdKeys
  /** `""` for the list. */
  readonly member: MemberId
}

/** What befalls the calls of one method to one member. */
export interface MemoryFault {
  /** The call fails so; absent: it is answered as if all were well. */
  readonly kind?: EtcdFailureKind
  /** A change is carried out all the same, or is not. Absent: it is when the call does not fail. */
  readonly isApplied?: boolean
  /** Milliseconds that the answer takes longer. */
  readonly after?: number
  /** So many calls, then it is over; absent: until it is taken away. */
  readonly times?: number
}

export interface MemoryWork<T> {
  readonly method: MemoryCall['method']
  readonly isChange?: boolean
  /** Whoever is asked stands for the cluster: failures name no member. */
  readonly isAnybody?: boolean
  /** Default deadline. */
  readonly limit?: number
  /** Milliseconds that it takes in the member, which answers nothing else meanwhile, and goes on with it when nobody waits any more. */
  readonly takes?: number
  /** What it does, when its time has come. @throws AppError */
  readonly run: () => T
}

export interface MemoryCalls {
  /** @throws the signal's reason, the failure of a member that is down or faulty, `deadline`, or what the work throws */
  perform<T>(member: Member, work: MemoryWork<T>, options?: CallOptions): Promise<T>
  note(call: MemoryCall): void
  isDown(member: MemberId): boolean
  /** Every call to it fails with this kind; `refused` when absent. */
  setDown(member: MemberId, kind?: EtcdFailureKind): void
  setUp(member: MemberId): void
  setDelay(member: MemberId, ms: number): void
  setFault(member: MemberId, method: MemoryCall['method'], fault: MemoryFault | undefined): void
  calls(): readonly MemoryCall[]
}

interface MemoryCallsOptions {
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>
  readonly closing: AbortSignal
  /** It runs; who left the cluster refuses connections. */
  readonly isThere: (member: MemberId) => boolean
}

const DEADLINE = 3_000
const MAX_CALLS = 1_000

/** How calls to members end, and when, by the clock. */
export function createMemoryCalls({ clock, closing, isThere }: MemoryCallsOptions): MemoryCalls {
  const down = new Map<MemberId, EtcdFailureKind>()
  const delays = new Map<MemberId, number>()
  const blockedUntil = new Map<MemberId, number>()
  const faults = new Map<string, MemoryFault>()
  const noted: MemoryCall[] = []

  const note = (call: MemoryCall) => {
    noted.push(call)
    if (noted.length > MAX_CALLS) noted.shift()
  }

  function takeFault(id: MemberId, method: string): MemoryFault {
    const key = `${id} ${method}`
    const fault = faults.get(key)
    if (fault?.times !== undefined) {
      if (fault.times > 1) faults.set(key, { ...fault, times: fault.times - 1 })
      else faults.delete(key)
    }
    return fault ?? {}
  }

  /** Why it does not answer. */
  const whySilent = (id: MemberId): EtcdFailureKind | undefined => (isThere(id) ? down.get(id) : 'refused')

  /** What the member does with it, whether somebody waits or not. */
  async function carryOut<T>(ms: number, run: () => T): Promise<T> {
    if (ms > 0) await clock.sleep(ms, closing)
    closing.throwIfAborted()
    return run()
  }

  return {
    note,
    async perform<T>(member: Member, work: MemoryWork<T>, options: CallOptions = {}): Promise<T> {
      const { method, run, takes = 0, isChange = false, isAnybody = false, limit = DEADLINE } = work
      const { id } = member
      const { deadline = limit, signal, mayStillSend } = options
      note({ method, member: id })
      const stop = AbortSignal.any([closing, ...(signal ? [signal] : [])])
      const fail = (kind: EtcdFailureKind) => {
        const failure = failureOf(kind, method, member)
        return (isChange ? failChange : failRead)(failure, isAnybody ? undefined : id)
      }
      const fault = takeFault(id, method)
      const kind = whySilent(id) ?? fault.kind
      const isReached = kind === undefined || !isNotReached({ stage: stageOf(kind) })
      if (isChange && isReached && mayStillSend?.() === false)
        throw new AppError('shutting_down', 'nothing was sent')
      const blocked = Math.max(0, (blockedUntil.get(id) ?? 0) - clock.monotonic())
      const wait = Math.max(delays.get(id) ?? 0, blocked) + (fault.after ?? 0)
      const isApplied = fault.isApplied ?? kind === undefined
      const done = isApplied && wait < Number.POSITIVE_INFINITY ? carryOut(wait + takes, run) : undefined
      done?.catch(() => undefined) // nobody may wait for it any more
      if (done && takes > 0) blockedUntil.set(id, clock.monotonic() + wait + takes)
      const ms = wait + (isApplied ? takes : 0)
      if (ms > 0) await clock.sleep(Math.min(ms, deadline), stop)
      stop.throwIfAborted()
      if (ms > deadline) throw fail('deadline')
      if (kind !== undefined) throw fail(kind)
      return done ?? carryOut(0, run)
    },
    isDown: (id) => down.has(id),
    setDown: (id, kind = 'refused') => void down.set(id, kind),
    setUp: (id) => void down.delete(id),
    setDelay: (id, ms) => void delays.set(id, ms),
    setFault(id, method, fault) {
      if (fault) faults.set(`${id} ${method}`, fault)
      else faults.delete(`${id} ${method}`)
    },
    calls: () => [...noted],
  }
}

const METHODS: ReadonlyMap<string, string> = new Map([
  ['leaseCount', 'Lease.LeaseLeases'],
  ['range', 'KV.Range'],
  ['put', 'KV.Txn'],
  ['remove', 'KV.Txn'],
  ['headRevision', 'KV.Range'],
  ['compactedRevision', 'KV.Range'],
  ['compact', 'KV.Compact'],
  ['alarms', 'Maintenance.Alarm'],
  ['disarm', 'Maintenance.Alarm'],
  ['moveLeader', 'Maintenance.MoveLeader'],
  ['hashKv', 'Maintenance.HashKV'],
  ['defragment', 'Maintenance.Defragment'],
  ['snapshot', 'Maintenance.Snapshot'],
])

export function failureOf(
  kind: EtcdFailureKind,
  method: MemoryCall['method'],
  { clientUrls }: Member,
): EtcdFailure {
  const stage = stageOf(kind)
  // a connection that broke was one: the call had been sent
  const sent = !isNotReached({ stage }) || kind === 'connection_lost'
  const called = METHODS.get(method) ?? 'Maintenance.Status'
  return {
    kind,
    stage,
    endpoint: clientUrls[0] ?? '',
    method: sent ? called : 'connect',
    grpcStatus: kind === 'deadline' ? 'DEADLINE_EXCEEDED' : 'UNAVAILABLE',
    sent,
    message: `set to ${kind}`,
  }
}

import { type Said, viewOf } from './cluster-facts.contract.ts'
import type { RescueFacts } from './rescue-facts.ts'
import type { RescueStep } from './rescue-plan.ts'

const MIB = 1024 ** 2
/** A put of the writer that comes back at the end. */
const SMALL = 1
/** Beyond so many entries a member is out of step; here an entry is a change. */
const LAG = 2

export interface Start {
  /** Keys by their bytes, MiB; each was overwritten so often before. */
  readonly keys: readonly { readonly mib: number; readonly overwritten: number }[]
  readonly members: readonly {
    /** Of the bytes that are stored at first: below 1 the member is above its quota. */
    readonly quotaShare: number
    readonly isLearner: boolean
    /** Rounds that it is down, does not apply what the others do, and whose samples are missing. */
    readonly down: number
    readonly stalled: number
    readonly unsampled: number
  }[]
  /** The alarm is also of a member that was removed. */
  readonly hasLeft: boolean
  /** Whether there are keys that may go. */
  readonly mayDelete: boolean
}

/** One revision: the bytes that it holds as long as it is not compacted, or is the newest of its key. */
interface Change {
  readonly kind: 'put' | 'delete' | 'compact'
  readonly key: number
  readonly mib: number
  /** Of a compaction: what it goes to. */
  readonly to: number
}

interface Member {
  readonly id: string
  readonly isLearner: boolean
  quota: number
  down: number
  stalled: number
  unsampled: number
  applied: number
  /** MiB. */
  size: number
  inUse: number
}

/**
 * A cluster as far as its room goes. A member counts what it freed with the change that it applies next, a file grows and never shrinks but by
 * a defragmentation, and whoever applies a put above its quota raises the alarm, learners too.
 */
export function startCluster(start: Start) {
  const log: Change[] = []
  let compacted = 0
  const alarms = new Set<string>()
  const write = (change: Partial<Change>) => log.push({ kind: 'put', key: -1, mib: 0, to: 0, ...change })
  const revisionOf = (length: number) => log.slice(0, length).filter(({ kind }) => kind !== 'compact').length
  for (const [key, { mib, overwritten }] of start.keys.entries())
    for (let at = 0; at <= overwritten; at += 1) write({ key, mib })
  const total = held(log, 0)
  const members: Member[] = start.members.map((member, at) => ({
    id: String(at + 1),
    ...member,
    quota: Math.max(1, Math.ceil(total * member.quotaShare)),
    ...{ applied: log.length, size: total, inUse: total },
  }))
  for (const member of members) if (member.size >= member.quota) alarms.add(member.id)
  if (start.hasLeft) alarms.add('77')
  const live = () => new Set(keysOf(log))

  function apply(member: Member): void {
    const change = log[member.applied]
    if (!change) return
    // what was freed before is counted now; what this change frees, with the next one
    member.inUse = held(log.slice(0, member.applied), compactedAt(log, member.applied)) + change.mib
    member.applied += 1
    member.size = Math.max(member.size, member.inUse)
    if (change.kind === 'put' && member.size + SMALL > member.quota) alarms.add(member.id)
  }

  function pass(): void {
    for (const member of members) {
      const isUp = member.down === 0
      if (isUp && member.stalled === 0) while (member.applied < log.length) apply(member)
      if (isUp && member.stalled > 0) member.stalled -= 1
      if (member.down > 0) member.down -= 1
      if (member.unsampled > 0) member.unsampled -= 1
    }
  }

  const said = (member: Member): Said => ({
    ...{ id: member.id, isLearner: member.isLearner, leaderId: leader() },
    ...{ sizeMib: member.size, inUseMib: member.inUse },
    ...{ raftIndex: String(log.length), raftAppliedIndex: String(member.applied) },
    ...(member.down > 0 && { failure: 'refused' as const }),
  })
  const leader = () => members.find((one) => !one.isLearner && one.down + one.stalled === 0)?.id ?? '1'
  const hasQuorum = () => {
    const voters = members.filter(({ isLearner }) => !isLearner)
    return voters.filter(({ down }) => down === 0).length > voters.length / 2
  }
  const named = (message: string) => members.filter(({ id }) => new RegExp(`\\bm${id}\\b`).test(message))

  return {
    facts: (): RescueFacts => ({
      view: viewOf(members.map(said), { leaderId: leader() }),
      quotas: new Map(
        members.filter(({ unsampled }) => unsampled === 0).map(({ id, quota }) => [id, quota * MIB]),
      ),
      alarms: [...alarms].map((memberId) => ({ memberId, type: 'NOSPACE' })),
      compactsByItself: false,
      lagEntries: LAG,
      ...(hasQuorum() && {
        revision: String(revisionOf(log.length)),
        compactRevision: String(compacted),
      }),
      watched: 900_000,
      growthBytesPerHour: 0,
      putsPerSecond: 0,
      failedWritesPerSecond: 0,
      prefixes: [],
    }),
    pass,
    /** Everybody is up and has applied what was written last. */
    isSettled: () => members.every(({ applied, down }) => down === 0 && applied === log.length),
    /** Does what a step says, as far as it can be done now; false: there is nothing to do. */
    carryOut({ action, message }: RescueStep): boolean {
      if (action === 'delete_keys' || action === 'check_size') {
        const learners = named(message).filter((one) => one.isLearner && /larger quota/.test(message))
        for (const one of learners) one.quota = one.size * 2
        const [key] = live()
        if (start.mayDelete && key !== undefined && /[Dd]elete/.test(message)) {
          write({ kind: 'delete', key })
          return true
        }
        if (!/quota/.test(message)) return learners.length > 0
        const raised = named(message).filter(({ isLearner }) => !isLearner)
        for (const one of raised) one.quota = one.size * 2
        return learners.length + raised.length > 0
      }
      if (action === 'compact') {
        const kept = Number(/keep (\d+)/.exec(message)?.[1] ?? Number.NaN)
        const to = revisionOf(log.length) - kept
        if (!hasQuorum() || !(to > compacted)) return false
        compacted = to
        write({ kind: 'compact', to })
        return true
      }
      if (action === 'defragment') {
        const chosen = named(message.slice(message.lastIndexOf(':'))).filter(({ down }) => down === 0)
        for (const one of chosen) one.size = one.inUse
        return chosen.length > 0
      }
      if (action === 'disarm') {
        if (!hasQuorum()) return false
        alarms.clear()
        write({ key: 1_000 + log.length, mib: SMALL })
        return true
      }
      return false
    },
  }
}

/** MiB that these changes hold: the newest of each key that is not deleted, and every one above the compacted revision. */
function held(changes: readonly Change[], compacted: number): number {
  const alive = new Map<number, number>()
  let sum = 0
  let revision = 0
  for (const { kind, key, mib } of changes) {
    if (kind === 'compact') continue
    revision += 1
    const before = alive.get(key) ?? 0
    if (revision <= compacted) sum -= before
    if (kind === 'put') {
      sum += mib
      alive.set(key, mib)
    } else alive.delete(key)
  }
  return sum
}

const compactedAt = (log: readonly Change[], length: number): number =>
  Math.max(0, ...log.slice(0, length).map(({ to }) => to))

function keysOf(log: readonly Change[]): readonly number[] {
  const alive = new Set<number>()
  for (const { kind, key } of log) {
    if (kind === 'put') alive.add(key)
    if (kind === 'delete') alive.delete(key)
  }
  return [...alive]
}

import type { MemberStatus } from '@etcdmonitor/core/etcd/member'
import { scrapeOffset } from '@etcdmonitor/core/metrics/scrape/scrape-offset'
import type { EtcdMaintenance } from '@etcdmonitor/core/ports/etcd-cluster'
import type { Clock } from '@etcdmonitor/core/time'
import type { Target, Targets } from '../discover/pick-targets.ts'
import { firstOf } from '../first-of.ts'
import type { CollectorMeters } from '../self/collector-meters.ts'
import type { Committer } from './commit-tick.ts'
import { deadlinesOf, patienceOf, type ScrapeTimes } from './deadlines.ts'
import type { LeaseCount } from './lease-count.ts'
import type { MemberNotes } from './member-notes.ts'
import { type Scraped, scrapeMember } from './scrape-member.ts'

export interface ScrapeDeps {
  readonly cluster: EtcdMaintenance
  readonly clock: Clock
  readonly settings: ScrapeTimes
  readonly committer: Pick<Committer, 'commit'>
  readonly notes: Pick<MemberNotes, 'take' | 'isUp'>
  readonly leases: LeaseCount
  readonly meters: Pick<CollectorMeters, 'scrapes' | 'scrapeSeconds'>
  /** Gets a bug met while one member was asked; the member misses this tick. */
  readonly onError: (error: unknown) => void
  /** The process stood still: members miss this tick, of which nothing was stored for them. */
  readonly onStandstill: () => void
  /** A member answered for another cluster. */
  readonly onOtherCluster: () => void
}

/** Timers that are so late, ms, tell that the process stood still; what its members did meanwhile it cannot say. */
const STANDSTILL = 1_000

export interface PlannedTick {
  /** Unix ms. */
  readonly at: number
  /** The same instant on the monotonic clock: the wall clock may step while the tick runs. */
  readonly origin: number
  readonly signal: AbortSignal
}

/**
 * One tick: asks every member at its offset, stores what has come a little after the last offset, and the rest when it has. Resolves
 * with the Statuses that were answered. Rejects with the reason of `signal`; what was not stored by then never is, so that a stop draws
 * no outage.
 */
export async function scrapeCluster(
  deps: ScrapeDeps,
  { clusterId, members, listed }: Targets,
  { at, origin, signal }: PlannedTick,
): Promise<readonly MemberStatus[]> {
  const { clock, settings, committer, notes, leases, meters } = deps
  const sinceTick = () => clock.monotonic() - origin
  const offsets = members.map(({ memberId }) => scrapeOffset(memberId, settings.intervalMs))
  const firstAppend = Math.max(0, ...offsets) + patienceOf(settings)
  const statuses: MemberStatus[] = []
  let ready: Scraped[] = []
  let hasMissed = false
  const healthy = members.find(({ memberId }) => notes.isUp(memberId))
  if (healthy) leases.askWhenDue(healthy.memberId, signal)
  const all = Promise.all(members.map((target, i) => scrape(target, offsets[i] ?? 0)))
  await firstOf(all, firstAppend - sinceTick(), { clock, signal })
  const leaseCount = leases.current()
  try {
    await store()
  } finally {
    await all // also after a bug: the next tick must not ask a member that is still being asked
  }
  await store()
  if (hasMissed) deps.onStandstill()
  return statuses

  async function scrape(target: Target, offset: number): Promise<void> {
    await clock.sleep(offset - sinceTick(), signal)
    signal.throwIfAborted()
    const begun = sinceTick()
    if (begun > offset + settings.intervalMs / 2) return miss()
    try {
      const deadlines = deadlinesOf(settings, Math.max(offset, begun))
      const call = { clusterId, memberId: target.memberId, signal, ...deadlines }
      const scraped = await scrapeMember(deps, call)
      if (sinceTick() > begun + deadlines.scrape + STANDSTILL) return miss()
      if (scraped.stranger === 'wrong_cluster') deps.onOtherCluster()
      notes.take(target, scraped)
      meters.scrapes.add('reason' in scraped.page ? scraped.page.reason : 'ok')
      meters.scrapeSeconds.observe(scraped.scrapeSeconds)
      if (scraped.status) {
        statuses.push(scraped.status)
        leases.askWhenDue(target.memberId, signal)
      }
      ready.push(scraped)
    } catch (error) {
      signal.throwIfAborted()
      deps.onError(error)
    }
  }

  function miss(): void {
    hasMissed = true
  }

  async function store(): Promise<void> {
    signal.throwIfAborted()
    const scraped = ready
    ready = []
    if (scraped.length > 0) await committer.commit({ clusterId, at, scraped, listed, leaseCount })
  }
}

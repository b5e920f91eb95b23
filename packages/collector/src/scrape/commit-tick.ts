import { AppError } from '@etcdmonitor/core/errors'
import type { MemberTick } from '@etcdmonitor/core/metrics/sample'
import { countValues, toMemberTick } from '@etcdmonitor/core/metrics/scrape/member-tick'
import {
  afterTick,
  clockError,
  newScrapeClock,
  type ScrapeClock,
} from '@etcdmonitor/core/metrics/scrape/scrape-clock'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { AppendResult, MetricsWriter } from '@etcdmonitor/core/ports/metrics-store'
import type { Clock } from '@etcdmonitor/core/time'
import type { CollectorMeters } from '../self/collector-meters.ts'
import type { DropTally } from '../self/drop-tally.ts'
import type { Scraped } from './scrape-member.ts'

/** Members of one tick that go into the store together. */
export interface TickPart {
  readonly clusterId: string
  readonly at: number
  readonly scraped: readonly Scraped[]
  /** Ids of the whole member list. */
  readonly listed: readonly string[]
  readonly leaseCount: number | undefined
}

/** The way of ticks into the store, and what one process knows of the time between them. */
export interface Committer {
  /** Stores it, or counts it as lost while the store is away. False: nothing was made durable. */
  commit(part: TickPart): Promise<boolean>
  /** The newest tick that was stored by this process, Unix ms. */
  newestAt(): number | undefined
  /** Whether the newest tick of a member was held, and none was stored since. */
  isHolding(): boolean
  /** Forgets the times of all other members. */
  keepOnly(memberIds: readonly string[]): void
}

export interface CommitterDeps {
  readonly writer: MetricsWriter
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
  readonly log: Log
  readonly drops: Pick<DropTally, 'add'>
  readonly meters: Pick<CollectorMeters, 'committed' | 'commitFailed'>
  readonly intervalMs: number
  /** The last run had to hold ticks to its end. */
  readonly hasHeld?: boolean | undefined
}

export function createCommitter({
  writer,
  clock,
  log,
  drops,
  meters,
  intervalMs,
  hasHeld = false,
}: CommitterDeps): Committer {
  const clocks = new Map<string, ScrapeClock>()
  const holding = new Set<string>()
  let newestAt: number | undefined
  let isAway = false

  return {
    commit,
    newestAt: () => newestAt,
    isHolding: () => holding.size > 0,
    keepOnly(memberIds) {
      for (const known of [clocks, holding])
        for (const memberId of known.keys()) if (!memberIds.includes(memberId)) known.delete(memberId)
    },
  }

  async function commit(part: TickPart): Promise<boolean> {
    const ticks = part.scraped.map((scraped) => buildTick(part, scraped))
    const result = await append(part, ticks)
    if (!result) return false
    const held = new Set(result.held)
    for (const [i, { memberId, start }] of part.scraped.entries()) {
      const outcome = held.has(memberId) ? 'held' : 'stored'
      clocks.set(memberId, afterTick(clockOf(memberId), { at: part.at, start }, outcome))
      const samples = countValues(ticks[i] ?? NOTHING)
      if (outcome === 'held') {
        holding.add(memberId)
        drops.add({ held_clock: samples })
        continue
      }
      holding.delete(memberId)
      log.debug('scrape_committed', { member_id: memberId, at: part.at, samples })
    }
    if (held.size < ticks.length) newestAt = part.at
    return true
  }

  function buildTick({ at, listed, leaseCount }: TickPart, scraped: Scraped): MemberTick {
    const clockErrorSeconds = clockError(clockOf(scraped.memberId), at, scraped.start)
    const { tick, drops: dropped } = toMemberTick(scraped, {
      peers: listed.filter((id) => id !== scraped.memberId),
      intervalSeconds: intervalMs / 1_000,
      ...(clockErrorSeconds !== undefined && { clockErrorSeconds }),
      ...(leaseCount !== undefined && { leaseCount }),
    })
    drops.add(dropped)
    return tick
  }

  /** Undefined: nothing was made durable. */
  async function append(
    { clusterId, at }: TickPart,
    members: readonly MemberTick[],
  ): Promise<AppendResult | undefined> {
    const begun = clock.monotonic()
    try {
      const result = await writer.append({ clusterId, at, members })
      meters.committed(clock.now(), (clock.monotonic() - begun) / 1_000, result.stored)
      drops.add(result.dropped)
      if (isAway) log.info('store_recovered')
      isAway = false
      return result
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      meters.commitFailed()
      drops.add({ [error.code]: members.reduce((count, tick) => count + countValues(tick), 0) })
      if (!isAway) log.error('store_failed', { error })
      isAway = true
      return undefined
    }
  }

  function clockOf(memberId: string): ScrapeClock {
    return clocks.get(memberId) ?? { ...newScrapeClock, hasHeld }
  }
}

const NOTHING = { scalars: [], histograms: [] }

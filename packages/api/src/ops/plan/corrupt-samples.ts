import { AppError } from '@etcdmonitor/core/errors'
import type { ClusterView } from '@etcdmonitor/core/etcd/cluster-view'
import { type MemberTicks, READ_LIMITS } from '@etcdmonitor/core/ports/metrics-store'
import type { ApiDeps } from '../../deps.ts'

/** Ticks that may be missing before an alarm that is there again counts as seen anew: it may have been gone meanwhile. */
const MAX_MISSING = 3
const AHEAD = 60_000

export interface CorruptSpan {
  /** CORRUPT alarms that are active now. */
  readonly active: number
  /** Unix ms: what lies before is not asked for. */
  readonly from: number
  readonly now: number
}

/** Unix ms. */
export interface SampledSince {
  /** By the clock of the collector; at least `from`. The same for every process. */
  readonly at: number
  /** The same by the store's clock, as late as it may have been: the newest sample tells how far the collector is behind, or that it is down. */
  readonly latest: number
}

/**
 * Since when the samples show as many CORRUPT alarms as are active now, the newest that any member says. Undefined: they do not show them
 * yet, or the store does not answer.
 */
export async function sampledCorruptSince(
  { metrics, settings: { interval } }: Pick<ApiDeps, 'metrics' | 'settings'>,
  { clusterId, members }: Pick<ClusterView, 'clusterId' | 'members'>,
  { active, from, now }: CorruptSpan,
): Promise<SampledSince | undefined> {
  if (clusterId === undefined) return undefined
  const asked = members.slice(0, READ_LIMITS.members).map(({ id }) => ({ clusterId, memberId: id }))
  try {
    const answers = await metrics.ticks({
      ...{ members: asked, sources: ['alarm_corrupt'] },
      ...{ from: from - MAX_MISSING * interval, to: now + AHEAD },
    })
    const starts = answers.flatMap((ticks) => newestRise(ticks, active, MAX_MISSING * interval) ?? [])
    if (starts.length === 0) return undefined
    const at = Math.max(from, ...starts)
    const newest = Math.max(...answers.map(({ times }) => times.at(-1) ?? 0))
    return { at, latest: at + Math.max(0, now - newest - interval) }
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}

/** When the count rose last, or was told again after a gap; undefined: it is lower than `active` now, or not known. */
function newestRise({ times, series }: MemberTicks, active: number, gap: number): number | undefined {
  const found = series[0]
  if (!found || found.kind === 'histogram') return undefined
  const known = [...found.values].flatMap((value, index) =>
    Number.isNaN(value) ? [] : [{ value, at: times[index] ?? 0 }],
  )
  if ((known.at(-1)?.value ?? 0) < active) return undefined
  const risen = known.findLast(({ value, at }, index) => {
    const before = known[index - 1]
    return before === undefined || value > before.value || at - before.at > gap
  })
  return risen?.at
}

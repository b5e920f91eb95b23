import type { Alarm, MemberId } from '@etcdmonitor/core/etcd/member'
import type { OperationLimits } from '@etcdmonitor/core/operations/operation-limits'
import type { RunStore } from '@etcdmonitor/core/ports/run-store'
import type { ApiDeps } from '../../deps.ts'
import { type SampledSince, sampledCorruptSince } from './corrupt-samples.ts'
import type { ReadFacts } from './read-facts.ts'

/** Since when each CORRUPT alarm is there, and whether a hash check after that found all voters equal. */
export interface AlarmSightings {
  /** Takes note of what is active now; later, where the store does not tell the time. */
  see(alarms: readonly Alarm[]): Promise<void>
  /**
   * A run over all voters of these data that began after the alarm was first seen was consistent, lately enough. First seen: by the samples,
   * so that all processes agree; where these do not show it yet, by this process. `active`: all alarms of now.
   */
  isProven(
    alarm: Alarm,
    facts: Pick<ReadFacts, 'view' | 'clusterId' | 'epoch'>,
    active: readonly Alarm[],
  ): Promise<boolean>
}

const MAX_SEEN = 200
const MAX_RUNS = 50

interface SightingsDeps extends Pick<ApiDeps, 'metrics' | 'settings'> {
  readonly state: Pick<ApiDeps['state'], 'now'> & { readonly runs: Pick<RunStore, 'list'> }
}

export function createAlarmSightings(
  deps: SightingsDeps,
  limits: Pick<OperationLimits, 'corruptProof'>,
): AlarmSightings {
  const { state } = deps
  const firstSeen = new Map<string, number>() // by type and member; Unix ms of the store's clock, as runs begin by it
  const keyOf = ({ type, memberId }: Alarm) => `${type} ${memberId}`

  /** Who disarmed it proved what was before: an alarm that came back at once may look in the samples as if it had never gone. */
  async function disarmedAt(memberId: MemberId, from: number): Promise<number> {
    const runs = await state.runs.list({
      ...{ limit: MAX_RUNS, operation: 'alarm_disarm', state: 'succeeded', from },
    })
    const last = runs.find(({ params }) => params.member_id === memberId && params.alarm_type === 'CORRUPT')
    return last?.finishedAt ?? from
  }

  return {
    async see(alarms) {
      const active = new Set(alarms.map(keyOf))
      for (const key of firstSeen.keys()) if (!active.has(key)) firstSeen.delete(key)
      const fresh = [...active].slice(0, MAX_SEEN).filter((key) => !firstSeen.has(key))
      if (fresh.length === 0) return
      const now = await state.now().catch(() => undefined)
      if (now !== undefined) for (const key of fresh) firstSeen.set(key, now)
    },
    async isProven(alarm, { view, clusterId, epoch }, active) {
      const now = await state.now()
      // what was compared before the data were wiped or restored proves nothing of them
      const from = Math.max(epoch * 1_000, now - limits.corruptProof)
      const count = active.filter(({ type }) => type === 'CORRUPT').length
      const sampled = await sampledCorruptSince(deps, view, { active: count, from, now })
      const seenAt = seenSince(sampled, firstSeen.get(keyOf(alarm)))
      if (seenAt === undefined) return false
      const since = Math.max(from, seenAt, await disarmedAt(alarm.memberId, from))
      const voters = view.members.filter(({ isLearner }) => !isLearner).map(({ id }) => id)
      const runs = await state.runs.list({
        ...{ limit: MAX_RUNS, operation: 'hashkv', state: 'succeeded', from: since },
      })
      return runs.some(({ clusterId: of, result }) => {
        const checked = new Set(votersOf(result?.results))
        return of === clusterId && result?.verdict === 'consistent' && voters.every((id) => checked.has(id))
      })
    },
  }
}

/** What this process saw itself is by the clock of runs; it says nothing of an alarm that the samples show as raised after it. */
function seenSince(sampled: SampledSince | undefined, own: number | undefined): number | undefined {
  if (!sampled) return own
  return own !== undefined && own >= sampled.at ? Math.min(own, sampled.latest) : sampled.latest
}

/** Members of a stored result that gave a hash. */
const votersOf = (results: unknown): readonly string[] =>
  Array.isArray(results)
    ? results.flatMap((one: { readonly member_id?: unknown; readonly hash?: unknown }) =>
        typeof one.member_id === 'string' && typeof one.hash === 'number' ? [one.member_id] : [],
      )
    : []

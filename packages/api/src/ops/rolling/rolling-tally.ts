import type { AppError } from '@etcdmonitor/core/errors'
import type { MemberId } from '@etcdmonitor/core/etcd/member'
import { formatValue } from '@etcdmonitor/core/format/format-value'
import type { PlannedStep } from '@etcdmonitor/core/operations/plan-defragment'
import type { Defragmented } from '../act/defragment-member.ts'

/** A member of the answer of a rolling run. */
export interface RollingMember {
  member_id: string
  member_name: string
  state: 'succeeded' | 'skipped' | 'failed' | 'unknown' | 'not_started'
  duration_ms: number
  db_size_before: number | null
  db_size_after: number | null
  error: string
}

/** What became of each member of a rolling run, in the order of its plan. */
export function createTally(plan: readonly PlannedStep[]) {
  const members = new Map<MemberId, RollingMember>(
    plan
      .filter(({ action }) => action === 'defragment')
      .map(({ member, isSkipped, note }) => [
        member.id,
        {
          member_id: member.id,
          member_name: member.name,
          state: isSkipped ? 'skipped' : 'not_started',
          duration_ms: 0,
          db_size_before: null,
          db_size_after: null,
          error: isSkipped ? note : '',
        },
      ]),
  )
  const change = (id: MemberId, by: Partial<RollingMember>) => {
    const known = members.get(id)
    if (known) members.set(id, { ...known, ...by })
  }
  const all = () => [...members.values()]
  const reclaimed = () =>
    all().reduce((sum, one) => sum + (one.db_size_before ?? 0) - (one.db_size_after ?? 0), 0)

  return {
    members: all,
    reclaimed,
    succeed: (id: MemberId, { before, after, durationMs }: Defragmented) =>
      change(id, {
        state: 'succeeded',
        duration_ms: durationMs,
        db_size_before: before,
        db_size_after: after,
      }),
    fail: (id: MemberId, { code, message }: AppError) =>
      change(id, { state: code === 'outcome_unknown' ? 'unknown' : 'failed', error: message }),
    skip: (id: MemberId, error: string) => change(id, { state: 'skipped', error }),
    skipped: () => all().flatMap(({ member_id, state }) => (state === 'skipped' ? [member_id] : [])),
    /** Skipped ones count as done. */
    progress: () => ({
      done: all().filter(({ state }) => state === 'succeeded' || state === 'skipped').length,
      total: members.size,
      unit: 'members' as const,
    }),
    counts: (): Record<string, number> =>
      Object.fromEntries(
        [...Map.groupBy(all(), ({ state }) => state)].map(([state, of]) => [state, of.length]),
      ),
    describe: () => `${formatValue('bytes', reclaimed())} returned in all.`,
  }
}
export type Tally = ReturnType<typeof createTally>

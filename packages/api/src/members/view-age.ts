import { isFresh } from '@etcdmonitor/core/etcd/cluster-health'
import { hasAnswered } from '@etcdmonitor/core/etcd/member-health'
import { z } from '@hono/zod-openapi'
import { toSeconds } from './member-answer.ts'
import type { Membership } from './membership.ts'

/** How old what is shown of the cluster is (api.md 5.1). */
export const viewAgeShape = {
  cluster_id: z.string(),
  as_of: z.int().nullable(),
  age_seconds: z.int().nullable(),
  stale: z.boolean(),
}

/** Stale: the last reading of the list failed, nobody answers, or nobody was asked for three intervals. `interval`, `now` in ms. */
export function toViewAge({ view, clusterId }: Membership, interval: number, now: number) {
  const isCurrent = view.members.some(hasAnswered) && isFresh(view.probedAt, interval, now)
  // whoever was only asked was not seen
  const seenAt = view.members.length > 0 ? view.probedAt : undefined
  return {
    cluster_id: clusterId,
    as_of: toSeconds(seenAt),
    age_seconds: seenAt === undefined ? null : toAge(seenAt, now),
    stale: view.stale || !isCurrent,
  }
}

/** Whole seconds since `at`; a clock that was set back gives 0. */
export const toAge = (at: number, now: number): number => Math.max(0, Math.floor((now - at) / 1_000))

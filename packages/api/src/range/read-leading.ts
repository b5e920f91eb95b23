import type { PartSlots } from '@etcdmonitor/core/metrics/evaluate-parts'
import { LAG_SOURCES, type Leading, leadingPositions } from '@etcdmonitor/core/metrics/follower-lag'
import { tickParts } from '@etcdmonitor/core/metrics/tick-parts'
import { type MemberRef, type MetricsReader, READ_LIMITS } from '@etcdmonitor/core/ports/metrics-store'
import type { RangeRequest } from './range-request.ts'
import { coarseParts } from './read-group.ts'

type Store = Pick<MetricsReader, 'slots' | 'ticks'>

/** By cluster: where its most advanced member is at each part of the window. `members`: all with data in the window. */
export async function readLeading(
  store: Store,
  members: readonly MemberRef[],
  request: RangeRequest,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Leading>> {
  const found: { readonly clusterId: string; readonly parts: PartSlots }[] = []
  for (let first = 0; first < members.length; first += READ_LIMITS.members) {
    const some = members.slice(first, first + READ_LIMITS.members)
    found.push(...(await readPositions(store, some, request, signal)))
  }
  const clusters = Map.groupBy(found, ({ clusterId }) => clusterId)
  return new Map([...clusters].map(([id, of]) => [id, leadingPositions(of.map(({ parts }) => parts))]))
}

async function readPositions(
  store: Store,
  members: readonly MemberRef[],
  { window: { from, to }, parts, until }: RangeRequest,
  signal: AbortSignal,
) {
  const query = { members, sources: LAG_SOURCES, from, to }
  if (parts.kind === 'ticks') {
    const answer = await store.ticks(query, { signal })
    return answer.map((ticks) => ({ clusterId: ticks.member.clusterId, parts: tickParts(ticks) }))
  }
  const answer = await store.slots({ ...query, step: parts.length, gauge: ['last'] }, { signal })
  return answer.members.map(({ member }, i) => ({
    clusterId: member.clusterId,
    parts: coarseParts(answer, i, until),
  }))
}

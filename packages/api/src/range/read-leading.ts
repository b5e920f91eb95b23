import type { PartSlots } from '@etcdmonitor/core/metrics/evaluate/evaluate-parts'
import { LAG_SOURCES, type Leading, leadingPositions } from '@etcdmonitor/core/metrics/evaluate/follower-lag'
import { tickParts } from '@etcdmonitor/core/metrics/slots/tick-parts'
import { type MemberRef, READ_LIMITS } from '@etcdmonitor/core/ports/metrics-store'
import type { RangeRequest } from './range-request.ts'
import { coarseParts, type RangeWork } from './read-group.ts'

/** By cluster: where its most advanced member is at each part of the window. */
export async function readLeading(
  work: RangeWork,
  request: RangeRequest,
): Promise<ReadonlyMap<string, Leading>> {
  const { peers } = request
  const found: { readonly clusterId: string; readonly parts: PartSlots }[] = []
  for (let first = 0; first < peers.length; first += READ_LIMITS.members) {
    await work.breathe()
    found.push(...(await readPositions(work, peers.slice(first, first + READ_LIMITS.members), request)))
  }
  const clusters = Map.groupBy(found, ({ clusterId }) => clusterId)
  return new Map([...clusters].map(([id, of]) => [id, leadingPositions(of.map(({ parts }) => parts))]))
}

async function readPositions(
  { metrics, signal }: RangeWork,
  members: readonly MemberRef[],
  request: RangeRequest,
) {
  const { window, parts } = request
  const query = { members, sources: LAG_SOURCES, from: window.from, to: window.to }
  if (parts.kind === 'ticks') {
    const answer = await metrics.ticks(query, { signal })
    return answer.map((ticks) => ({ clusterId: ticks.member.clusterId, parts: tickParts(ticks) }))
  }
  const answer = await metrics.slots({ ...query, step: parts.length, gauge: ['last'] }, { signal })
  return answer.members.map(({ member }, i) => ({
    clusterId: member.clusterId,
    parts: coarseParts(answer, i, request),
  }))
}

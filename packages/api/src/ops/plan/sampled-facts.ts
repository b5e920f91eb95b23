import { AppError } from '@etcdmonitor/core/errors'
import type { ClusterView } from '@etcdmonitor/core/etcd/cluster-view'
import type { MemberId } from '@etcdmonitor/core/etcd/member'
import type { SourceId } from '@etcdmonitor/core/metrics/sources'
import { nameOf } from '@etcdmonitor/core/operations/judge-voters'
import type { OperationFacts } from '@etcdmonitor/core/operations/operation-facts'
import { type MemberTicks, READ_LIMITS } from '@etcdmonitor/core/ports/metrics-store'
import type { ApiDeps } from '../../deps.ts'

const SOURCES: readonly SourceId[] = [
  ...(['quota_bytes', 'defrag_inflight', 'slow_watchers'] as const),
  ...(['grpc_started', 'grpc_handled'] as const),
]
const DAY = 86_400_000

type SampledFacts = Pick<
  OperationFacts,
  'quotas' | 'defragmenting' | 'openReaders' | 'slowWatchers' | 'compactsByItself' | 'unchecked'
>

const NOTHING: SampledFacts = {
  quotas: new Map(),
  defragmenting: new Set(),
  openReaders: new Set(),
  slowWatchers: new Set(),
  unchecked: ['what the newest samples show: there are none'],
}

type Deps = Pick<ApiDeps, 'metrics' | 'clock' | 'settings'>

/** What the newest samples show beside the members' own answers; a store that does not answer leaves it unchecked. */
export async function readSampledFacts(
  deps: Deps,
  view: ClusterView,
  withHistory: boolean,
): Promise<SampledFacts> {
  const { metrics, clock, settings } = deps
  const { clusterId, members } = view
  if (clusterId === undefined) return NOTHING
  const asked = members.slice(0, READ_LIMITS.members).map(({ id }) => ({ clusterId, memberId: id }))
  try {
    const answers = await metrics.tail({ members: asked, sources: SOURCES, span: 2 * settings.interval })
    const since = clock.now() - 2 * settings.interval
    const byMember = new Map(answers.map((ticks) => [ticks.member.memberId, ticks]))
    const above = (source: SourceId, limit: number): ReadonlySet<MemberId> =>
      new Set(
        [...byMember]
          .filter(([, ticks]) => newest(ticks, source, since) > limit)
          .map(([memberId]) => memberId),
      )
    const silent = members.filter(({ id }) => !isFresh(byMember.get(id), since))
    const compactsByItself = withHistory ? await readCompactions(deps, view) : undefined
    return {
      quotas: new Map(
        [...byMember].flatMap(([id, ticks]) => {
          const quota = newest(ticks, 'quota_bytes', 0)
          return quota > 0 ? [[id, quota] as const] : []
        }),
      ),
      defragmenting: above('defrag_inflight', 0),
      openReaders: new Set(
        [...byMember].filter(([, ticks]) => openSnapshots(ticks, since) > 0).map(([memberId]) => memberId),
      ),
      slowWatchers: above('slow_watchers', 0),
      unchecked: [
        ...silent.map((member) => `what the newest samples of ${nameOf(member)} show: there are none`),
        ...(withHistory && compactsByItself === undefined ? ['whether history is compacted regularly'] : []),
      ],
      ...(compactsByItself !== undefined && { compactsByItself }),
    }
  } catch (error) {
    if (error instanceof AppError) return NOTHING
    throw error
  }
}

/** Newest value of a source since `since`; NaN: none. */
function newest({ times, series }: MemberTicks, source: SourceId, since: number): number {
  const found = series.find((one) => one.source === source)
  if (!found || found.kind === 'histogram') return Number.NaN
  const index = found.values.findLastIndex((value) => !Number.isNaN(value))
  return index >= 0 && (times[index] ?? 0) >= since ? (found.values[index] ?? Number.NaN) : Number.NaN
}

/**
 * Snapshot streams that were begun and not ended when the member's page was read last. `etcd_mvcc_db_open_read_transactions` tells less: etcd
 * sets it when it begins a transaction, mostly while the one before is still open, and it stays at 2 until somebody writes.
 */
function openSnapshots({ times, series }: MemberTicks, since: number): number {
  const at = times.length - 1
  if ((times[at] ?? 0) < since) return 0
  const count = (source: SourceId) =>
    series
      .filter((one) => one.source === source && one.labels.method === 'Snapshot')
      .reduce((sum, one) => sum + (one.kind === 'histogram' ? 0 : one.values[at] || 0), 0)
  return count('grpc_started') - count('grpc_handled')
}

const isFresh = (ticks: MemberTicks | undefined, since: number): boolean =>
  (ticks?.times.at(-1) ?? 0) >= since

/** Whether the oldest readable revision rose at least twice in the last day; undefined: no samples. */
async function readCompactions(
  { metrics, clock }: Pick<Deps, 'metrics' | 'clock'>,
  { clusterId, members, leaderId }: ClusterView,
): Promise<boolean | undefined> {
  const memberId = leaderId ?? members[0]?.id
  if (clusterId === undefined || memberId === undefined) return undefined
  const now = clock.now()
  const [ticks] = await metrics.ticks({
    members: [{ clusterId, memberId }],
    sources: ['compact_revision'],
    from: now - DAY,
    to: now,
  })
  const values = ticks?.series[0]
  if (!ticks || !values || values.kind === 'histogram') return undefined
  const known = values.values.slice(ticks.first).filter((value) => !Number.isNaN(value))
  if (known.length === 0) return undefined
  return known.filter((value, index) => index > 0 && value > (known[index - 1] ?? value)).length >= 2
}

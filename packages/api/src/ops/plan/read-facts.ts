import { AppError } from '@etcdmonitor/core/errors'
import type { ClusterView } from '@etcdmonitor/core/etcd/cluster-view'
import type { MemberId } from '@etcdmonitor/core/etcd/member'
import { hasAnswered } from '@etcdmonitor/core/etcd/member-health'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { afterKey } from '@etcdmonitor/core/keys/key-range'
import { nameOf } from '@etcdmonitor/core/operations/judge-voters'
import type { OperationFacts } from '@etcdmonitor/core/operations/operation-facts'
import type { OperationLimits } from '@etcdmonitor/core/operations/operation-limits'
import type { ApiDeps } from '../../deps.ts'
import { toSeconds } from '../../members/member-answer.ts'
import type { MemberBook } from '../../members/member-book.ts'
import { newestReset } from '../../members/newest-reset.ts'
import { readSampledFacts } from './sampled-facts.ts'

/** Kept by the API server of Kubernetes, which compacts by itself. */
const KUBERNETES_KEY = toUtf8('compact_rev_key')

/** Which data a plan or a run is about. */
export interface DataIdentity {
  readonly clusterId: string
  /** Unix s of the last reset that was seen; 0: none. */
  readonly epoch: number
}

export interface ReadFacts extends OperationFacts, DataIdentity {}

export interface FactsWanted {
  /** The data must still be this. */
  readonly since?: DataIdentity | undefined
  /** Whose run this is: its own lock stands in nobody's way. */
  readonly ownRun?: string | undefined
  /** What history and Kubernetes do: of a compaction alone. */
  readonly withHistory?: boolean
}

export type FactsReader = (wanted?: FactsWanted) => Promise<ReadFacts>

interface FactsDeps extends Pick<ApiDeps, 'etcd' | 'metrics' | 'state' | 'clock' | 'settings'> {
  readonly book: MemberBook
  readonly limits: OperationLimits
}

/** Reads all that operations are judged by (operations.md 4.1): every member is asked anew. */
export function createFactsReader(deps: FactsDeps): FactsReader {
  const { etcd, state, book, limits } = deps
  return async ({ since, ownRun, withHistory = false } = {}) => {
    const view = await etcd.view({ maxAge: 0, listMaxAge: 0, wait: limits.view })
    const clusterId = view.clusterId ?? ''
    const [membership, grants, held, sampled, isKubernetes] = await Promise.all([
      book.read(),
      view.members.some(hasAnswered) ? etcd.grants({ deadline: limits.view }) : undefined,
      ownRun === undefined ? state.runs.holder(clusterId) : undefined,
      readSampledFacts(deps, view, withHistory),
      withHistory ? looksLikeKubernetes(etcd) : undefined,
    ])
    const epoch = toSeconds(newestReset(membership)?.at) ?? 0
    const changed = whatChanged(view, { clusterId, epoch }, since)
    const kubernetesUnchecked = withHistory && isKubernetes === undefined
    return {
      view,
      clusterId,
      epoch,
      ...(held && { held }),
      ...(changed !== undefined && { clusterChanged: changed }),
      ...sampled,
      quotas: quotasOf(view, sampled.quotas),
      unchecked: [
        ...sampled.unchecked,
        ...(kubernetesUnchecked ? ['whether Kubernetes compacts already'] : []),
      ],
      ...(grants && { limitedUser: grants.user }),
      ...(isKubernetes !== undefined && { isKubernetes }),
      lagEntries: limits.lag,
    }
  }
}

/** Status tells from etcd 3.6 on, before that the newest sample. */
function quotasOf({ members }: ClusterView, sampled: ReadonlyMap<MemberId, number>) {
  const said = members.flatMap(({ id, status }): [MemberId, number][] => {
    const quota = status?.dbSizeQuotaBytes ?? sampled.get(id)
    return quota === undefined ? [] : [[id, quota]]
  })
  return new Map(said)
}

function whatChanged(
  { members, endpoints }: ClusterView,
  now: DataIdentity,
  since: DataIdentity | undefined,
): string | undefined {
  if (since && since.clusterId !== now.clusterId) return 'another cluster is answering than before'
  if (since && since.epoch !== now.epoch) return 'the data was wiped or restored meanwhile'
  const other = members.find(({ failure }) => failure?.kind === 'wrong_cluster')
  if (other) return `another cluster answers where ${nameOf(other)} was`
  const endpoint = endpoints.find(({ failure }) => failure?.kind === 'wrong_cluster')
  return endpoint && `another cluster answers at ${endpoint.url}`
}

async function looksLikeKubernetes(etcd: ApiDeps['etcd']): Promise<boolean | undefined> {
  const range = { from: KUBERNETES_KEY, to: afterKey(KUBERNETES_KEY) }
  try {
    const { count } = await etcd.range(
      { ...range, limit: 0, values: false, serializable: true },
      { deadline: 3_000 },
    )
    return count > 0
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}

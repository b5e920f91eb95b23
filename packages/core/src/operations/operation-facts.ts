import type { ClusterView } from '../etcd/cluster-view.ts'
import type { MemberId } from '../etcd/member.ts'
import type { LockHolder } from '../ports/run-store.ts'

/** All that an operation is judged by: a fresh view, and what the newest samples add. */
export interface OperationFacts {
  readonly view: ClusterView
  /** Who holds the lock of the cluster; absent: nobody. */
  readonly held?: LockHolder
  /** Another cluster answers, or other data lies under the same ID: a sentence; absent: not so. */
  readonly clusterChanged?: string
  /** Bytes; only members whose quota is known. */
  readonly quotas: ReadonlyMap<MemberId, number>
  /** Members of which a scrape that is not older than two intervals shows a defragmentation. */
  readonly defragmenting: ReadonlySet<MemberId>
  /** Members that sent a snapshot to somebody when they were scraped last. */
  readonly openReaders: ReadonlySet<MemberId>
  /** Members with watchers that lag. */
  readonly slowWatchers: ReadonlySet<MemberId>
  /** Our etcd user, where it is known to lack the root role. */
  readonly limitedUser?: string
  /** The key `compact_rev_key` exists; absent: not known. */
  readonly isKubernetes?: boolean
  /** The compacted revision rose at least twice in the last 24 h; absent: not known. */
  readonly compactsByItself?: boolean
  /** What could not be read, in words. */
  readonly unchecked: readonly string[]
  readonly lagEntries: number
}

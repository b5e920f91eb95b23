import type { ClusterView } from '../etcd/cluster-view.ts'
import type { DoctorStage } from '../etcd/doctor-stage.ts'
import type { Alarm, MemberId, MemberStatus, Revision } from '../etcd/member.ts'
import type { CallOptions } from './call-options.ts'
import type { EtcdKeys } from './etcd-keys.ts'

/** Why a member's page could not be had whole: data, not an error. */
export interface ScrapeFailure {
  /** The set of metrics.md 2.4. */
  readonly reason: ScrapeReason
  /** At most 200 characters, may be `""`; of the server's text only the HTTP status number. */
  readonly detail: string
}

export type ScrapeReason =
  | 'timeout'
  | 'refused'
  | 'dns'
  | 'tls'
  | 'status'
  | 'grpc_only'
  | 'truncated'
  | 'too_large'
  | 'parse'
  | 'blocked_url'

export interface KvHash {
  readonly memberId: MemberId
  readonly hash: number
  /** The one that was asked for. */
  readonly revision: Revision
  readonly compactRevision: Revision
  /** Revision the hash was computed at; from etcd 3.6 on. */
  readonly hashRevision?: Revision
}

/** Two marks with the same `processStart` and a higher `count`: a defragmentation was finished in between. */
export interface DefragMark {
  /** `etcd_disk_backend_defrag_duration_seconds_count`. */
  readonly count: number
  /** `process_start_time_seconds`. */
  readonly processStart: number
}

/**
 * Yields every byte but the last 32 as they come; those only after length and hash were found right. Iterated once; what is yielded is
 * a view on a received buffer. The iteration rejects with AppError `etcd_corrupt` without `details.failure` where length or hash is
 * wrong, else as a read of this member does. A consumer that does not read stops the member; leaving the iteration ends the call.
 */
export interface SnapshotStream extends AsyncIterable<Uint8Array> {
  /** Exact length of the whole stream, trailing hash included. Known before the first chunk. */
  readonly totalBytes: number
  /** From etcd 3.6 on. */
  readonly storageVersion?: string
  /** Settles with the iteration: fulfilled only for a whole, verified stream. May be left unawaited. */
  readonly verified: Promise<SnapshotSummary>
}

export interface SnapshotSummary {
  /** Bytes of the file as delivered, trailing hash included. */
  readonly bytes: number
  /** Hex SHA-256 of the database part: equals the trailing 32 bytes. */
  readonly sha256: string
}

/** The cluster as a whole: who is there and how they are. Never rejects because etcd is down. */
export interface EtcdTopology {
  /**
   * The newest view; refreshed first when older than `maxAge` ms (default 5,000), waiting at most `wait` ms (default 2,000)
   * for it. The member list is read again when it is older than `listMaxAge` ms (default 60,000). Calls at the same time share one refresh.
   * What could not be reached is left alone for `rest` ms, at most and by default an interval of the collector: less where a user waits.
   */
  view(options?: {
    readonly maxAge?: number
    readonly wait?: number
    readonly listMaxAge?: number
    readonly rest?: number
  }): Promise<ClusterView>
  /**
   * Walks one configured endpoint through `dns`, `tcp`, `tls`, `auth`, `quorum`, `ready`, in this order, to the first that fails, which is the last of the
   * answer; at most 15 s. Its Status enters the view. @throws AppError `not_found` for what is not configured, and the reason of an abort
   */
  diagnose(url: string, options?: CallOptions): Promise<readonly DoctorStage[]>
  /** What etcd last told this process: whether it wants to know who calls. False until it did. */
  isAuthOn(): boolean
}

/**
 * Calls that operations are made of. Each is one attempt; which member answers is part of the meaning. Every method may reject with an
 * AppError of the codes in etcd.md 5.3 (`details.failure` is the EtcdFailure), with `member_not_found` where it names a member that is not in
 * the newest view, and with `signal.reason` after an abort.
 */
export interface EtcdMaintenance {
  /** Answered or not, it enters the view as a probe of that member. @throws AppError `member_unreachable`, `etcd_timeout`, … */
  status(member: MemberId, options?: CallOptions): Promise<MemberStatus>
  /** The decoded `/metrics` page after steps 1 to 6 of metrics.md 2.3. Rejects with `signal.reason` alone. */
  metricsPage(member: MemberId, options?: CallOptions): Promise<Uint8Array | ScrapeFailure>
  /** From the member's own `/metrics`; `undefined` if that cannot be read. Rejects with `signal.reason` alone. */
  defragMark(member: MemberId, options?: CallOptions): Promise<DefragMark | undefined>
  /** A key is looked up in what this member itself has: it serves, whether there is a quorum or not. Default deadline 3,000 ms. */
  serializableRead(member: MemberId, options?: CallOptions): Promise<void>
  /** How many leases the member knows; reads all their ids. */
  leaseCount(member: MemberId, options?: CallOptions): Promise<number>
  /** Linearizable: needs quorum. */
  alarms(options?: CallOptions): Promise<readonly Alarm[]>
  /** False: that alarm was not active. @throws AppError `outcome_unknown`; `not_supported` for a type that this version does not know */
  disarm(alarm: Alarm, options?: CallOptions): Promise<boolean>
  /** Linearizable head revision. */
  headRevision(options?: CallOptions): Promise<Revision>
  /** Oldest revision that can still be read, `"0"` where nothing was compacted; `undefined` if it may not be asked for. */
  compactedRevision(options?: CallOptions): Promise<Revision | undefined>
  /** `physical`: resolves when the answering member has freed the pages. @throws AppError `revision_compacted`, `revision_in_future`, `outcome_unknown` */
  compact(target: Revision, physical: boolean, options?: CallOptions): Promise<void>
  /** Sent to the member that is leader at that moment. Resolves when that member sees the target as leader. @throws AppError `not_a_voter`, `no_quorum`, `outcome_unknown` */
  moveLeader(target: MemberId, options?: CallOptions): Promise<void>
  /** Reads the member's whole keyspace. @throws AppError `revision_compacted`, `revision_in_future` */
  hashKv(member: MemberId, revision: Revision, options?: CallOptions): Promise<KvHash>
  /** Blocks the member. A missed deadline does not stop it: `outcome_unknown`. */
  defragment(member: MemberId, options?: CallOptions): Promise<void>
  /** Resolves when the first chunk is there. Holds a read transaction on the member until the iteration ends, at most an hour. */
  snapshot(member: MemberId, options?: Pick<CallOptions, 'signal'>): Promise<SnapshotStream>
}

/** One cluster. Disposing it cancels every call and closes every connection. */
export interface EtcdCluster extends EtcdTopology, EtcdKeys, EtcdMaintenance, AsyncDisposable {}

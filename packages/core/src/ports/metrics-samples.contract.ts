import type { HistogramSample, Labels, MemberTick, ScalarSample, TickBatch } from '../metrics/sample.ts'
import type { SourceId } from '../metrics/sources.ts'
import type { MemberRef } from './metrics-store.ts'

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
/** A multiple of every step that queries are aligned to. */
export const START = 1_790_035_200_000
export const CLUSTER = '14841639068965178418'
export const LARGEST_ID = '18446744073709551615'
export const M1: MemberRef = { clusterId: CLUSTER, memberId: '1' }
export const M2: MemberRef = { clusterId: CLUSTER, memberId: LARGEST_ID }

export const scalar = (source: SourceId, value: number, labels: Labels = {}): ScalarSample => ({
  source,
  labels,
  value,
})
export const tickOf = (
  member: MemberRef,
  scalars: readonly ScalarSample[],
  histograms: readonly HistogramSample[] = [],
): MemberTick => ({ memberId: member.memberId, scalars, histograms })
export const batchOf = (at: number, ...members: readonly MemberTick[]): TickBatch => ({
  clusterId: CLUSTER,
  at,
  members,
})
/** Two members of cluster 1 whose 100 counters all are `number`: a torn tick would show. */
export const numberedMembers = (number: number): readonly MemberTick[] =>
  ['1', '2'].map((memberId) => ({
    memberId,
    scalars: Array.from({ length: 100 }, (_, i) => scalar('grpc_started', number, { method: `M${i}` })),
    histograms: [],
  }))
export const fsync = (
  bounds: readonly number[],
  buckets: readonly number[],
  sum: number,
): HistogramSample => ({
  source: 'wal_fsync',
  labels: {},
  bounds,
  buckets,
  sum,
})

import { seededRandom } from '@etcdmonitor/core/contracts/metrics-recording'
import type { HistogramSample, MemberTick, ScalarSample, TickBatch } from '@etcdmonitor/core/metrics/sample'
import type { SourceId } from '@etcdmonitor/core/metrics/sources'

/** Unix ms; a multiple of every step that is asked for. */
export const RECORDED_FROM = 1_790_035_200_000
export const RECORDED_INTERVAL = 30_000
export const RECORDED_TICKS = 180
export const RECORDED_MEMBERS = ['11', '12', '13'] as const
/** Peer 6 has no bytes before. */
export const LATE_PEER_FROM = RECORDED_FROM + 61 * RECORDED_INTERVAL
export const RECORDED_CLUSTER = '14841639068965178418'

const BOUNDS = [0.001, 0.004, 0.016]
const OTHER_BOUNDS = [0.001, 0.016]
const CALLS = [
  { method: 'Range', class: 'ok' },
  { method: 'Put', class: 'ok' },
  { method: 'Put', class: 'failed' },
  { method: 'Txn', class: 'other' },
]

/** An hour and a half of three members: gaps, failed scrapes, silent ones, restarts, a data folder that was restored, other bounds. */
export function recordedHistory(): readonly TickBatch[] {
  const random = seededRandom(20_261_128)
  const members = RECORDED_MEMBERS.map((memberId, index) => recordMember(memberId, index, random))
  return Array.from({ length: RECORDED_TICKS }, (_, i) => ({
    clusterId: RECORDED_CLUSTER,
    at: RECORDED_FROM + i * RECORDED_INTERVAL,
    members: members.map((next) => next(i)).filter((tick) => tick !== undefined),
  }))
}

function recordMember(memberId: string, index: number, random: () => number) {
  const totals = new Map<string, number>()
  const grow = (name: string, most: number): number => {
    const total = (totals.get(name) ?? 0) + Math.floor(random() * most)
    totals.set(name, total)
    return total
  }
  const scalar = (source: SourceId, value: number, labels = {}): ScalarSample => ({ source, labels, value })
  let missing = 0
  let started = RECORDED_FROM / 1_000 - 500
  let position = 1_000 + index

  return (i: number): MemberTick | undefined => {
    if (missing === 0 && random() < 0.03) missing = 1 + Math.floor(random() * 9)
    if (missing > 0) {
      missing--
      return undefined
    }
    const at = RECORDED_FROM + i * RECORDED_INTERVAL
    position = index === 1 && i === 100 ? 20 : position + Math.floor(random() * 40)
    const answers = random() > 0.05
    const self = [
      scalar('scrape_interval_seconds', RECORDED_INTERVAL / 1_000),
      scalar('scrape_clock_error_seconds', random() < 0.05 ? random() * 4 - 2 : 0),
      scalar('status_up', answers ? 1 : 0),
      ...(answers ? [scalar('raft_index', position)] : []),
    ]
    if (random() < 0.05) return { memberId, scalars: [...self, scalar('collector_up', 0)], histograms: [] }
    if (random() < 0.03) {
      totals.clear()
      started = at / 1_000 - Math.floor(random() * 20)
    }
    const histogram = (source: SourceId, bounds: readonly number[], labels = {}): HistogramSample => {
      const name = JSON.stringify([source, labels])
      const buckets = [...bounds, Infinity].map((bound) => grow(`${name} ${bound}`, 6))
      return { source, labels, bounds, buckets, sum: grow(`${name} sum`, 9) / 100 }
    }
    return {
      memberId,
      scalars: [
        ...self,
        scalar('collector_up', 1),
        scalar('proposals_pending', Math.floor(random() * 12)),
        scalar('has_leader', random() < 0.1 ? 0 : 1),
        scalar('put', grow('put', 400)),
        scalar('cpu_seconds', grow('cpu', 900) / 100),
        scalar('gomaxprocs', 4),
        scalar('leader_changes', 1 + grow('leader', 1.4)),
        scalar('proposals_committed', position),
        scalar('proposals_applied', position - Math.floor(random() * 5)),
        scalar('db_total', 1e6 + grow('db', 5_000)),
        scalar('quota_bytes', i > 150 ? 0 : 2e6),
        scalar('start_time', started + random() * 0.4),
        scalar('gc_quantile', random(), { quantile: '1' }),
        ...['5', '6'].map((peer) => scalar('active_peers', random() < 0.2 ? 0 : 1, { peer })),
        ...['5', '6']
          .filter((peer) => peer === '5' || at >= LATE_PEER_FROM)
          .map((peer) => scalar('peer_sent_bytes', grow(`sent ${peer}`, 9_000), { peer })),
        ...CALLS.map((labels) =>
          scalar('grpc_handled', grow(`handled ${labels.method} ${labels.class}`, 30), labels),
        ),
      ],
      histograms: [
        histogram('wal_fsync', index === 0 && i >= 90 ? OTHER_BOUNDS : BOUNDS),
        ...['5', '6'].map((peer) => histogram('peer_rtt', BOUNDS, { peer })),
      ],
    }
  }
}

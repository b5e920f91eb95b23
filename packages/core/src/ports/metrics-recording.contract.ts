import type { HistogramSample, Labels, MemberTick, ScalarSample, TickBatch } from '../metrics/sample.ts'
import type { SourceId } from '../metrics/sources.ts'
import { CLUSTER, LARGEST_ID, START, scalar } from './metrics-samples.contract.ts'
import type { MemberRef } from './metrics-store.ts'

export const RECORDED_TICKS = 720
export const RECORDED: readonly [MemberRef, MemberRef] = [
  { clusterId: CLUSTER, memberId: '10276657743932975437' },
  { clusterId: CLUSTER, memberId: LARGEST_ID },
]
export const RECORDED_SOURCES: readonly SourceId[] = [
  'proposals_pending',
  'gc_quantile',
  'collector_up',
  'scrape_clock_error_seconds',
  'put',
  'cpu_seconds',
  'snapshot_send_success',
  'leader_changes',
  'current_revision',
  'proposals_applied',
  'raft_index',
  'grpc_handled',
  'peer_sent_bytes',
  'wal_fsync',
  'peer_rtt',
]

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const AFTER_GAP = 430
const METHODS: readonly Labels[] = [
  { method: 'Range', class: 'ok' },
  { method: 'Put', class: 'ok' },
  { method: 'Put', class: 'failed' },
  { method: 'Txn', class: 'other' },
]
const PEERS = ['1', '2', '3']
const BOUNDS = [0.001, 0.004, 0.016, 0.064]
const OTHER_BOUNDS = [0.001, 0.008, 0.064]

/** ms */
export interface Recording {
  readonly start: number
  readonly interval: number
  readonly seed?: number
  /** How often what may be missing at a tick is decided anew, in (0, 1]; else it is there. */
  readonly churn?: number
}

/** 6 h at 30 s. */
export const SHORT_RECORDING: Recording = { start: START, interval: 30_000 }

/**
 * Two members, 720 ticks: failed scrapes, missing ticks (once for longer than a delta may last), restarts of etcd, a data folder that
 * was restored, clock errors, labelled series that appear and vanish (one for longer than the look-back), histograms that change bounds.
 */
export function recordedBatches({
  start,
  interval,
  seed = 20_261_020,
  churn = 1,
} = SHORT_RECORDING): readonly TickBatch[] {
  const random = seededRandom(seed)
  const members = RECORDED.map(({ memberId }, index) =>
    recordMember(memberId, index, { random, churn, seconds: interval / 1_000 }),
  )
  return Array.from({ length: RECORDED_TICKS }, (_, i) => ({
    clusterId: CLUSTER,
    at: start + i * interval,
    members: members.map((next) => next(i)).filter((tick) => tick !== undefined),
  }))
}

interface Chance {
  readonly random: () => number
  readonly churn: number
  /** Of the interval. */
  readonly seconds: number
}

function recordMember(memberId: string, index: number, { random, churn, seconds }: Chance) {
  const totals = new Map<string, number>()
  const grow = (name: string, most: number, isWhole = true) => {
    const grown = random() * most
    const total = (totals.get(name) ?? 0) + (isWhole ? Math.floor(grown) : grown)
    totals.set(name, total)
    return total
  }
  const histogram = (source: SourceId, labels: Labels, bounds: readonly number[]): HistogramSample => {
    const name = JSON.stringify([source, labels])
    const buckets = [...bounds, Infinity].map((bound) => grow(`${name} ${bound}`, 9))
    return { source, labels, bounds, buckets, sum: 4e9 + grow(`${name} sum`, 0.01, false) }
  }
  let missing = 0
  let position = 1_000_000
  let revision = 5_000

  return (i: number): MemberTick | undefined => {
    if (index === 1 && i === AFTER_GAP - 130) missing = 130
    else if (missing === 0 && i !== AFTER_GAP && random() < 0.01) missing = 1 + Math.floor(random() * 10)
    if (missing > 0) {
      missing--
      return undefined
    }
    const self = selfScalars(i, index, { random, churn, seconds })
    if (i !== AFTER_GAP && random() < 0.03)
      return { memberId, scalars: [...self, scalar('collector_up', 0)], histograms: [] }

    const isRestarted = random() < 0.01
    if (isRestarted) totals.clear()
    position = i === 450 ? 40 : position + Math.floor(random() * 60)
    revision = i === 450 ? 70_000 : revision + Math.floor(random() * 60)
    const shown = (value: number) => (isRestarted ? 0 : value) // etcd shows 0 for a moment after it starts
    const isThere = (share: number) => random() < share || (churn < 1 && random() >= churn)
    const bounds = index === 0 && i >= 400 ? OTHER_BOUNDS : BOUNDS
    const scalars: ScalarSample[] = [
      ...self,
      scalar('collector_up', 1),
      scalar('proposals_pending', Math.floor(random() * 12)),
      ...['0.5', '1'].map((quantile) => scalar('gc_quantile', random() - 0.5, { quantile })),
      scalar('put', grow('put', 400)),
      scalar('cpu_seconds', grow('cpu', 9, false)),
      ...(i > 200 && i < 572 ? [] : [scalar('snapshot_send_success', grow('snapshot', 2), { peer: '2' })]),
      scalar('leader_changes', 1 + grow('leader', 1.2)),
      scalar('current_revision', shown(revision)),
      scalar('proposals_applied', shown(position)),
      scalar('proposals_committed', shown(position)),
      ...(isThere(0.9) ? [scalar('raft_index', shown(position))] : []),
      ...METHODS.filter((_, k) => isThere(1 - k * 0.3)).map((labels) =>
        scalar('grpc_handled', grow(`handled ${labels.method} ${labels.class}`, 30), labels),
      ),
      ...PEERS.filter((peer) => (peer === '3' ? i > 640 : isThere(0.95))).map((peer) =>
        scalar('peer_sent_bytes', grow(`sent ${peer}`, 9_000), { peer }),
      ),
    ]
    const histograms = [
      histogram('wal_fsync', {}, bounds),
      ...PEERS.filter(() => isThere(0.8)).map((peer) => histogram('peer_rtt', { peer }, BOUNDS)),
    ]
    return { memberId, scalars, histograms }
  }
}

function selfScalars(i: number, index: number, { random, seconds }: Chance): readonly ScalarSample[] {
  const interval = scalar('scrape_interval_seconds', seconds)
  const isOff = random() < 0.05
  const stepped = [i === 250 && 7_200, i === AFTER_GAP && -600][index] // the second: the gap itself is too long all the same
  const error = stepped || (isOff ? random() * 4 - 2 : 0)
  return i === 0 ? [interval] : [interval, scalar('scrape_clock_error_seconds', error)]
}

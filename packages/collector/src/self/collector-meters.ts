import type { MemberView } from '@etcdmonitor/core/etcd/cluster-view'
import { type MemberHealth, memberHealth } from '@etcdmonitor/core/etcd/member-health'
import type { ScrapeReason } from '@etcdmonitor/core/ports/etcd-cluster'
import type { DurableIn } from '../deps.ts'
import {
  createCounter,
  createHistogram,
  createLabelledCounter,
  type Family,
  labelled,
  withLabel,
} from './meter.ts'

/** Seconds: how late ticks begin, how long pages and commits take. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

const SCRAPE_RESULTS: readonly ('ok' | ScrapeReason)[] = [
  ...(['ok', 'timeout', 'refused', 'dns', 'tls', 'status', 'grpc_only', 'truncated', 'too_large'] as const),
  ...(['parse', 'blocked_url'] as const),
]
const DROP_REASONS = [
  ...(['not_finite', 'doubled', 'series_limit', 'held_clock'] as const),
  ...(['outbox_full', 'refused', 'store_full', 'other'] as const),
]
const MEMBER_STATES: readonly MemberHealth[] = ['healthy', 'learner', 'unhealthy', 'unreachable']

type DropReason = (typeof DROP_REASONS)[number]

/** What the collector counts of its own work (reliability.md 7). */
export type CollectorMeters = ReturnType<typeof createCollectorMeters>

export function createCollectorMeters(durableIn: DurableIn = 'metrics') {
  const name = (rest: string) => `etcdmonitor_collector_${rest}`
  const result = <V extends string>(values: readonly V[]) => ({ name: 'result', values })
  const meters = {
    ticks: createCounter({ name: name('ticks_total'), help: 'Ticks that began.' }),
    skipped: createCounter({
      name: name('ticks_skipped_total'),
      help: 'Ticks that were left out: an earlier one took too long, or the process stood still.',
    }),
    tickDelay: createHistogram(
      { name: name('tick_delay_seconds'), help: 'How late ticks began after their instant.' },
      BOUNDS,
    ),
    scrapes: createLabelledCounter(
      { name: name('scrapes_total'), help: 'Metrics pages of members that were asked for.' },
      result(SCRAPE_RESULTS),
    ),
    scrapeSeconds: createHistogram(
      { name: name('scrape_duration_seconds'), help: 'How long metrics pages took to come and be read.' },
      BOUNDS,
    ),
    samples: createCounter({ name: name('samples_total'), help: 'Values that were made durable.' }),
    dropped: createLabelledCounter(
      { name: name('samples_dropped_total'), help: 'Values that were not stored.' },
      { name: 'reason', values: DROP_REASONS },
    ),
    discoveries: createLabelledCounter(
      { name: name('discoveries_total'), help: 'Readings of the member list.' },
      result(['ok', 'failed'] as const),
    ),
    clockSteps: createLabelledCounter(
      { name: name('clock_steps_total'), help: 'Steps of the wall clock of this host.' },
      { name: 'direction', values: ['forward', 'back'] as const },
    ),
  }
  const commits = {
    results: createLabelledCounter(
      {
        name: 'etcdmonitor_store_commits_total',
        help: 'Commits of ticks to the file of history or the outbox.',
      },
      result(['ok', 'failed'] as const),
    ),
    seconds: createHistogram(
      { name: 'etcdmonitor_store_commit_duration_seconds', help: 'How long commits of ticks took.' },
      BOUNDS,
    ),
  }
  const members = new Map<MemberHealth, number>(MEMBER_STATES.map((state) => [state, 0]))
  let lastCommitAt = 0
  let isStoring = true

  return {
    ...meters,
    /** Reasons that have no name of their own count as `other`. */
    dropAll(counts: Readonly<Partial<Record<string, number>>>) {
      for (const [reason, count = 0] of Object.entries(counts))
        if (count > 0) meters.dropped.add(toDropReason(reason), count)
    },
    /** A tick was made durable at `at` (Unix ms), which took so long. */
    committed(at: number, seconds: number, samples: number) {
      lastCommitAt = at
      isStoring = true
      commits.results.add('ok')
      commits.seconds.observe(seconds)
      meters.samples.add(samples)
    },
    commitFailed() {
      isStoring = false
      commits.results.add('failed')
    },
    isStoring: () => isStoring,
    seeMembers(seen: readonly MemberView[]) {
      for (const state of MEMBER_STATES) members.set(state, 0)
      for (const member of seen) {
        const state = memberHealth(member)
        members.set(state, (members.get(state) ?? 0) + 1)
      }
    },
    families: (): readonly Family[] => [
      ...Object.values(meters).map((meter) => meter.family()),
      ...Object.values(commits).map((meter) => withLabel(meter.family(), 'store', durableIn)),
      {
        name: name('last_commit_timestamp_seconds'),
        help: 'When a tick was last made durable; 0 = not since the start.',
        type: 'gauge',
        samples: [{ value: lastCommitAt / 1_000 }],
      },
      {
        name: name('members'),
        help: 'Members of the cluster by what the newest reading of the member list said of them.',
        type: 'gauge',
        samples: labelled('state', members),
      },
    ],
  }
}

/** The store says by the code of its error that nothing of a tick could be kept. */
const toDropReason = (reason: string): DropReason =>
  reason === 'storage_unavailable'
    ? 'store_full'
    : (DROP_REASONS.find((known) => known === reason) ?? 'other')

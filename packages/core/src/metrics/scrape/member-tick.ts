import type { MemberStatus } from '../../etcd/member.ts'
import type { ScrapeFailure } from '../../ports/etcd-cluster.ts'
import type { HistogramSample, MemberTick, ScalarSample } from '../sample.ts'
import { SOURCES, type SourceEntry } from '../sources.ts'
import type { MemberPage } from './parse-page.ts'
import { type Drops, seriesKey } from './reduce-page.ts'
import { statusFallbacks, statusSamples, toScalars } from './status-samples.ts'

/** What asking one member once gave; durations in seconds. */
export interface MemberAnswer {
  readonly memberId: string
  readonly page: MemberPage | ScrapeFailure
  readonly scrapeSeconds: number
  /** Decoded length of a good page. */
  readonly bodyBytes: number
  /** Absent: Status failed. */
  readonly status?: MemberStatus
  readonly statusSeconds: number
}

export interface TickContext {
  /** Ids of the other members of the list. */
  readonly peers: readonly string[]
  readonly intervalSeconds: number
  /** Absent: the collector has no earlier tick of the member (metrics.md 1.4). */
  readonly clockErrorSeconds?: number
  /** Of the whole cluster; absent: not known at this tick. */
  readonly leaseCount?: number
}

/** Values that one member may store at a tick (metrics.md 1.7). */
const MAX_VALUES = 2_000
const ZERO_SOURCES = (SOURCES as readonly (typeof SOURCES)[number][]).filter(
  (entry: SourceEntry) => entry.absent === 'zero',
)

/** Step 5 of metrics.md 2.6: everything that one member stores at a tick, the most important first where there is too much. */
export function toMemberTick(
  answer: MemberAnswer,
  context: TickContext,
): { readonly tick: MemberTick; readonly drops: Drops } {
  const { memberId, page, status } = answer
  const good = 'reason' in page ? undefined : page
  const known = [
    ...selfSamples(answer, context),
    ...(status ? statusSamples(status) : []),
    ...toScalars(context.leaseCount === undefined ? {} : { lease_count: context.leaseCount }),
    ...(status ? missing(statusFallbacks(status), good) : []),
    ...(good ? missing(explicitZeros(context.peers), good) : []),
  ]
  const scalars = [...known, ...(good?.scalars ?? [])]
  const limited = limitValues(scalars, good?.histograms ?? [])
  const drops = { ...good?.drops }
  if (limited.dropped > 0) drops.series_limit = (drops.series_limit ?? 0) + limited.dropped
  return { tick: { memberId, scalars: limited.scalars, histograms: limited.histograms }, drops }
}

/** Values that a tick stores: one a scalar, buckets and sum of a histogram. */
export const countValues = ({ scalars, histograms }: Pick<MemberTick, 'scalars' | 'histograms'>): number =>
  scalars.length + histograms.reduce((count, { buckets }) => count + buckets.length + 1, 0)

function selfSamples(answer: MemberAnswer, context: TickContext): readonly ScalarSample[] {
  const { page, status } = answer
  const isGood = !('reason' in page)
  return toScalars({
    collector_up: isGood ? 1 : 0,
    scrape_duration_seconds: answer.scrapeSeconds,
    scrape_samples: isGood ? page.lines : 0,
    scrape_body_bytes: isGood ? answer.bodyBytes : 0,
    scrape_interval_seconds: context.intervalSeconds,
    status_up: status ? 1 : 0,
    status_duration_seconds: answer.statusSeconds,
    ...(context.clockErrorSeconds !== undefined && { scrape_clock_error_seconds: context.clockErrorSeconds }),
  })
}

/**
 * A failure or event counter appears on the page with its first event, which must count from 0. A sum over no peers is 0 as well: that of
 * peer `0`, which is in sums alone (metrics.md 1.1, 3.12).
 */
const explicitZeros = (others: readonly string[]): readonly ScalarSample[] => {
  const peers = others.length > 0 ? others : ['0']
  return ZERO_SOURCES.flatMap((entry: SourceEntry & { readonly id: (typeof SOURCES)[number]['id'] }) =>
    entry.labels?.includes('peer')
      ? peers.map((peer) => ({ source: entry.id, labels: { peer }, value: 0 }))
      : { source: entry.id, labels: {}, value: 0 },
  )
}

const missing = (samples: readonly ScalarSample[], page: MemberPage | undefined): readonly ScalarSample[] =>
  samples.filter(({ source, labels }) => !page?.seen.has(seriesKey(source, labels)))

function limitValues(scalars: readonly ScalarSample[], histograms: readonly HistogramSample[]) {
  const keptScalars = scalars.slice(0, MAX_VALUES)
  let count = keptScalars.length
  const keptHistograms = histograms.filter(({ buckets }) => {
    const fits = count + buckets.length + 1 <= MAX_VALUES
    if (fits) count += buckets.length + 1
    return fits
  })
  const dropped = countValues({ scalars, histograms }) - count
  return { scalars: keptScalars, histograms: keptHistograms, dropped }
}

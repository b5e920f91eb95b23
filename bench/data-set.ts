import { readFileSync } from 'node:fs'
import type { HistogramSample, MemberTick, ScalarSample, TickBatch } from '@etcdmonitor/core/metrics/sample'
import { toMemberTick } from '@etcdmonitor/core/metrics/scrape/member-tick'
import { parsePage } from '@etcdmonitor/core/metrics/scrape/parse-page'
import { SOURCES, type SourceEntry, type SourceId } from '@etcdmonitor/core/metrics/sources'

export interface DataSet {
  readonly clusterId: string
  readonly memberIds: readonly string[]
  /** Unix ms, multiples of `interval`; `to` exclusive. */
  readonly from: number
  readonly to: number
  readonly interval: number
  /** In order of time. Every call gives the same values. */
  batches(): Generator<TickBatch>
}

export interface DataSetOptions {
  readonly days: number
  readonly interval: number
  readonly members: number
  readonly seed: number
  /** Unix ms; the newest tick is before it. */
  readonly now: number
}

const DAY = 86_400_000
const CLUSTER_ID = '14841639068965178418'
const FIXTURE = new URL('../test/fixtures/metrics-3.6.txt', import.meta.url)
const OUTAGE_TICKS = 40
/** What the recorded page had counted stands for so many ticks of load. */
const RECORDED_TICKS = 60

/**
 * Members that move like the recorded page of a real one: counters and buckets grow by about what they had, gauges sway, each
 * member has one outage and one restart. The data sets D1 and D2 of storage.md 8.1.
 */
export function makeDataSet({ days, interval, members, seed, now }: DataSetOptions): DataSet {
  const to = Math.floor(now / interval) * interval
  const from = to - days * DAY
  const memberIds = Array.from({ length: members }, (_, index) =>
    String(10_276_657_743_932_975_437n + BigInt(index)),
  )
  return {
    clusterId: CLUSTER_ID,
    memberIds,
    from,
    to,
    interval,
    *batches() {
      const playing = memberIds.map((id, index) => playMember({ id, index, memberIds, interval, seed }))
      const ticks = (to - from) / interval
      for (let tick = 0; tick < ticks; tick++) {
        const share = tick / ticks
        yield {
          clusterId: CLUSTER_ID,
          at: from + tick * interval,
          members: playing.map((next) => next(tick, share)),
        }
      }
    },
  }
}

interface Playing {
  readonly id: string
  readonly index: number
  readonly memberIds: readonly string[]
  readonly interval: number
  readonly seed: number
}

const KINDS: ReadonlyMap<string, SourceEntry> = new Map(SOURCES.map((entry) => [entry.id, entry]))
const CONTINUES = (source: SourceId) => KINDS.get(source)?.restart === 'continues'

function playMember({ id, index, memberIds, interval, seed }: Playing) {
  const random = seededRandom(seed + index)
  const template = recordedTick(id, memberIds, interval)
  const scalars = template.scalars.map((sample) => playScalar(sample, random))
  const histograms = template.histograms.map((sample) => playHistogram(sample, random))
  const outage = 0.2 + index * 0.2
  const restart = 0.3 + index * 0.2
  let outageLeft = OUTAGE_TICKS
  let isRestarted = false
  return (tick: number, share: number): MemberTick => {
    const load = 1 + 0.8 * Math.sin((tick * interval * 2 * Math.PI) / DAY) + (random() < 0.002 ? 8 : 0)
    if (share >= outage && outageLeft > 0) {
      outageLeft--
      return { memberId: id, scalars: failedScrape(interval), histograms: [] }
    }
    const resets = share >= restart && !isRestarted
    if (resets) isRestarted = true
    return {
      memberId: id,
      scalars: scalars.map((next) => next(load, resets)),
      histograms: histograms.map((next) => next(load, resets)),
    }
  }
}

const failedScrape = (interval: number): readonly ScalarSample[] => [
  { source: 'collector_up', labels: {}, value: 0 },
  { source: 'scrape_interval_seconds', labels: {}, value: interval / 1_000 },
]

function playScalar(sample: ScalarSample, random: () => number) {
  const { source, labels, value } = sample
  const isWhole = Number.isInteger(value)
  const isCounter = KINDS.get(source)?.kind === 'counter'
  if (!isCounter) {
    if (value <= 1 && isWhole) return (): ScalarSample => sample // a flag, or nothing that happens here
    const isSteady = /interval|start|quota|limit|version|term|clock/.test(source)
    return (load: number): ScalarSample => {
      const swayed = isSteady ? value : value * (0.9 + 0.1 * load + 0.02 * random())
      return { source, labels, value: isWhole ? Math.round(swayed) : swayed }
    }
  }
  let total = value
  return (load: number, resets: boolean): ScalarSample => {
    if (resets && !CONTINUES(source)) total = 0
    const grown = (value / RECORDED_TICKS) * load * (0.5 + random()) || 0
    total += isWhole ? Math.floor(grown + random()) * (value > 0 ? 1 : 0) : grown
    return { source, labels, value: total }
  }
}

function playHistogram({ source, labels, bounds, buckets, sum }: HistogramSample, random: () => number) {
  const observations = buckets.reduce((all, count) => all + count, 0)
  let counts = buckets
  let total = sum
  return (load: number, resets: boolean): HistogramSample => {
    if (resets) [counts, total] = [buckets.map(() => 0), 0]
    const grown = buckets.map((count) =>
      Math.floor((count / RECORDED_TICKS) * load * (0.5 + random()) + random() * (count > 0 ? 1 : 0)),
    )
    const added = grown.reduce((all, count) => all + count, 0)
    counts = counts.map((count, i) => count + (grown[i] ?? 0))
    if (observations > 0) total += (sum / observations) * added
    return { source, labels, bounds, buckets: counts, sum: total }
  }
}

/** What the collector would have stored of the recorded page, as if `id` had shown it. */
function recordedTick(id: string, memberIds: readonly string[], interval: number): MemberTick {
  const text = readFileSync(FIXTURE, 'utf8')
  const [serverId = ''] = /server_id="([0-9a-f]+)"/.exec(text)?.slice(1) ?? []
  const page = finish(parsePage(new TextEncoder().encode(text), BigInt(`0x${serverId}`).toString()))
  if ('reason' in page) throw new Error(`the recorded page is not read: ${page.reason}`)
  const peers = memberIds.filter((other) => other !== id)
  const context = { peers, intervalSeconds: interval / 1_000, clockErrorSeconds: 0, leaseCount: 12 }
  const answer = { memberId: id, page, scrapeSeconds: 0.012, bodyBytes: text.length, statusSeconds: 0.003 }
  return toMemberTick(answer, context).tick
}

function finish<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

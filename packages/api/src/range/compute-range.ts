import type { Metric } from '@etcdmonitor/core/metrics/catalogue'
import { evaluateSlots, needsParts, type SlotsAndParts } from '@etcdmonitor/core/metrics/evaluate-slots'
import type { Leading } from '@etcdmonitor/core/metrics/follower-lag'
import { forecastSlots, forecastStats } from '@etcdmonitor/core/metrics/forecast'
import { rankedMethod } from '@etcdmonitor/core/metrics/method-ranks'
import { spreadLabels } from '@etcdmonitor/core/metrics/metric-labels'
import { windowStats } from '@etcdmonitor/core/metrics/window-stats'
import type { MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import type { Clock } from '@etcdmonitor/core/time'
import { createBreath } from './breath.ts'
import { planReads, type Read } from './plan-reads.ts'
import type { Evaluated, EvaluatedMembers } from './range-answer.ts'
import type { RangeRequest } from './range-request.ts'
import { readForecasts } from './read-forecasts.ts'
import { NO_PARTS, readGroup } from './read-group.ts'
import { readLeading } from './read-leading.ts'

interface ComputeDeps {
  readonly metrics: MetricsReader
  readonly clock: Clock
  /** Of the collector, ms. */
  readonly interval: number
}

/** By member id, then by the name that was asked for: one entry, or one per label value. */
type Found = Map<string, Map<string, readonly Evaluated[]>>

/**
 * Everything a range answer says, member by member. Gives the event loop back between pieces of work.
 * @throws AppError `storage_unavailable`, `too_many_points`; `signal.reason` after an abort
 */
export async function computeRange(
  { metrics: store, clock, interval }: ComputeDeps,
  request: RangeRequest,
  signal: AbortSignal,
): Promise<EvaluatedMembers> {
  const { members, metrics, peers, memberId } = request
  const found: Found = new Map(members.map((member) => [member.memberId, new Map()]))
  const breathe = createBreath(clock)
  const leading =
    peers.length > 0 ? await readLeading(store, peers, request, signal) : new Map<string, Leading>()
  for (const read of await planAll(store, request, interval)) {
    for (const { member, of } of await readGroup(store, read, request, signal)) {
      for (const metric of read.metrics) {
        await breathe(signal)
        const { series, parts } = of(metric)
        const lead = leading.get(member.clusterId)
        const data = { series, parts: lead ? { ...parts, leading: lead } : parts }
        found.get(member.memberId)?.set(metric.name, evaluateEach(metric, data, request))
      }
    }
  }
  await addForecasts(store, request, found, signal)
  const ids = memberId === 'all' ? members.map((member) => member.memberId) : [memberId]
  const nothing = (metric: Metric) => evaluateOne(metric, { series: [], parts: NO_PARTS }, request)
  return new Map(
    ids.map((id) => [id, metrics.flatMap((metric) => found.get(id)?.get(metric.name) ?? nothing(metric))]),
  )
}

/** Names that rest on parts are read apart: samples cost more than slots. */
async function planAll(
  store: Pick<MetricsReader, 'horizon'>,
  { members, metrics, window, withStats }: RangeRequest,
  interval: number,
): Promise<readonly Read[]> {
  const sampled = metrics.filter(({ kind, source }) => kind !== 'forecast' && source.length > 0)
  const wantsParts = (metric: Metric) => withStats || needsParts(metric)
  const stored = window.to - Math.max(window.from, (await store.horizon())?.ticks ?? window.to)
  const rows = Math.max(window.slots, Math.ceil(stored / interval))
  return [
    ...planReads(members, sampled.filter(wantsParts), { rows, withParts: true }),
    ...planReads(
      members,
      sampled.filter((metric) => !wantsParts(metric)),
      { rows: window.slots, withParts: false },
    ),
  ]
}

async function addForecasts(
  store: Pick<MetricsReader, 'slots'>,
  request: RangeRequest,
  found: Found,
  signal: AbortSignal,
): Promise<void> {
  const { members, metrics, window, until, withStats } = request
  const forecasts = metrics.filter(({ kind }) => kind === 'forecast')
  if (forecasts.length === 0) return
  for (const history of await readForecasts(store, members, window, signal)) {
    for (const metric of forecasts) {
      const values = forecastSlots(metric, history, window, until)
      const stats = withStats ? { stats: forecastStats(values, window, until) } : {}
      found.get(history.member.memberId)?.set(metric.name, [{ name: metric.name, values, ...stats }])
    }
  }
}

/** One entry, or one per label value; under the bare name when there is none. */
function evaluateEach(metric: Metric, data: SlotsAndParts, request: RangeRequest): readonly Evaluated[] {
  const each = spreadLabels(metric, data.series).map((one) => evaluateOne(one, data, request))
  return each.length > 0 ? each : [evaluateOne(metric, { series: [], parts: NO_PARTS }, request)]
}

function evaluateOne(metric: Metric, data: SlotsAndParts, { window, withStats }: RangeRequest): Evaluated {
  const method = rankedMethod(metric, data.series)
  return {
    name: metric.name,
    values: evaluateSlots(metric, data, window),
    ...(method !== undefined && { labels: { method } }),
    ...(withStats && { stats: windowStats(metric, data.series, data.parts, window) }),
  }
}

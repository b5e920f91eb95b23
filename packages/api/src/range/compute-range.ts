import type { Metric } from '@etcdmonitor/core/metrics/catalogue'
import { evaluateMetric } from '@etcdmonitor/core/metrics/evaluate-metric'
import { windowStats } from '@etcdmonitor/core/metrics/window-stats'
import type { MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import type { Clock } from '@etcdmonitor/core/time'
import { createBreath } from './breath.ts'
import { planReads } from './plan-reads.ts'
import type { Evaluated, EvaluatedMembers } from './range-answer.ts'
import type { RangeRequest } from './range-request.ts'
import { NO_PARTS, readGroup, type SourceData } from './read-group.ts'

interface ComputeDeps {
  readonly metrics: MetricsReader
  readonly clock: Clock
  /** Of the collector, ms. */
  readonly interval: number
}

/**
 * Everything a range answer says, member by member. Gives the event loop back between pieces of work.
 * @throws AppError `storage_unavailable`, `too_many_points`; `signal.reason` after an abort
 */
export async function computeRange(
  { metrics: store, clock, interval }: ComputeDeps,
  request: RangeRequest,
  signal: AbortSignal,
): Promise<EvaluatedMembers> {
  const { members, metrics, window, memberId } = request
  const found = new Map<string, Map<string, Evaluated>>()
  const breathe = createBreath(clock)
  const stored = window.to - Math.max(window.from, (await store.horizon())?.ticks ?? window.to)
  const rows = Math.max(window.slots, Math.ceil(stored / interval))
  const sampled = metrics.filter(({ source }) => source.length > 0)
  for (const read of planReads(members, sampled, rows)) {
    for (const data of await readGroup(store, read, request, signal)) {
      const own = found.get(data.memberId) ?? new Map<string, Evaluated>()
      found.set(data.memberId, own)
      for (const metric of read.metrics) {
        await breathe(signal)
        own.set(metric.name, evaluate(metric, data.of(metric.source), request))
      }
    }
  }
  const ids = memberId === 'all' ? members.map((member) => member.memberId) : [memberId]
  const nothing = (metric: Metric) => evaluate(metric, { series: [], parts: NO_PARTS }, request)
  return new Map(
    ids.map((id) => [id, metrics.map((metric) => found.get(id)?.get(metric.name) ?? nothing(metric))]),
  )
}

function evaluate(
  metric: Metric,
  { series, parts }: SourceData,
  { window, withStats }: RangeRequest,
): Evaluated {
  const values = evaluateMetric(metric, series, window.slots)
  return {
    name: metric.name,
    values,
    ...(withStats && { stats: windowStats(metric, series, parts, window) }),
  }
}

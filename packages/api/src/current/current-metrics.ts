import { AppError } from '@etcdmonitor/core/errors'
import { METRICS } from '@etcdmonitor/core/metrics/catalogue'
import { CURRENT_SPAN, type CurrentValue, currentValue } from '@etcdmonitor/core/metrics/current-values'
import type { SourceId } from '@etcdmonitor/core/metrics/sources'
import { tickParts } from '@etcdmonitor/core/metrics/tick-parts'
import type { MemberRef, MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import { createSharedWork } from '../range/shared-work.ts'

/** By metric name, in the order of the catalogue; a metric without a value is absent. */
export type CurrentMetrics = ReadonlyMap<string, CurrentValue>

/** Members whose values are kept; the one that was asked for longest ago goes. */
const MAX_KEPT = 256
const SOURCES: readonly SourceId[] = [...new Set(METRICS.flatMap(({ source }) => source))]

export interface CurrentReader {
  /**
   * All that the member has now; computed once per append. While the store does not answer, what it said last.
   * @throws AppError `storage_unavailable` when it never did
   */
  read(member: MemberRef, signal: AbortSignal): Promise<CurrentMetrics>
}

export function createCurrentReader(metrics: Pick<MetricsReader, 'tail' | 'watermark'>): CurrentReader {
  const kept = new Map<string, { readonly watermark: string; readonly values: CurrentMetrics }>() // in order of use
  const reading = createSharedWork<CurrentMetrics>()

  const keep = (key: string, watermark: string, values: CurrentMetrics): CurrentMetrics => {
    kept.delete(key)
    kept.set(key, { watermark, values })
    const [oldest] = kept.keys()
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest)
    return values
  }

  const compute = async (member: MemberRef): Promise<CurrentMetrics> => {
    const [ticks] = await metrics.tail({ members: [member], sources: SOURCES, span: CURRENT_SPAN })
    if (!ticks) return new Map()
    // seams as well: what is newest of one series may be older than the seam of another
    const parts = tickParts({ ...ticks, first: 0 })
    return new Map(
      METRICS.flatMap((metric) => {
        const value = currentValue(metric, parts)
        return value ? [[metric.name, value]] : []
      }),
    )
  }

  return {
    async read(member, signal) {
      const key = `${member.clusterId} ${member.memberId}`
      try {
        const watermark = await metrics.watermark([member])
        const known = kept.get(key)
        const isKnown = known?.watermark === watermark
        const values = isKnown
          ? known.values
          : await reading.join(`${key} ${watermark}`, signal, () => compute(member))
        return keep(key, watermark, values)
      } catch (error) {
        const known = kept.get(key)
        if (known && error instanceof AppError && error.code === 'storage_unavailable') return known.values
        throw error
      }
    },
  }
}

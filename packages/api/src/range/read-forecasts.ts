import {
  FORECAST_POINTS,
  FORECAST_STEP,
  type ForecastHistory,
} from '@etcdmonitor/core/metrics/evaluate/forecast'
import type { SourceId } from '@etcdmonitor/core/metrics/sources'
import {
  type GaugeSlots,
  type MemberRef,
  READ_LIMITS,
  type SlotQuery,
} from '@etcdmonitor/core/ports/metrics-store'
import type { RangeWork } from './read-group.ts'

const SOURCES: readonly SourceId[] = ['db_total', 'quota_bytes']
const COLUMNS = ['count', 'sum', 'last'] as const

/**
 * What the forecasts of each member rest on at any instant of `[from, to)`, Unix ms, in the order of the members: slots of 300 s, from four
 * hours before the window on, read in as many calls as the bounds of the port ask for.
 */
export async function readForecasts(
  { metrics, breathe, signal }: RangeWork,
  members: readonly MemberRef[],
  window: { readonly from: number; readonly to: number },
): Promise<readonly (ForecastHistory & { readonly member: MemberRef })[]> {
  const from = (Math.floor(window.from / FORECAST_STEP) - FORECAST_POINTS) * FORECAST_STEP
  const slots = Math.ceil((window.to - from) / FORECAST_STEP)
  const histories = members.map((member) => ({
    member,
    from,
    series: SOURCES.map((id) => openSlots(id, slots)),
  }))
  for (let first = 0; first < slots; first += READ_LIMITS.slots) {
    const end = Math.min(slots, first + READ_LIMITS.slots)
    for (let head = 0; head < members.length; head += READ_LIMITS.members) {
      const query: SlotQuery = {
        members: members.slice(head, head + READ_LIMITS.members),
        sources: SOURCES,
        from: from + first * FORECAST_STEP,
        to: from + end * FORECAST_STEP,
        step: FORECAST_STEP,
        gauge: COLUMNS,
      }
      await breathe()
      const answer = await metrics.slots(query, { signal })
      for (const [i, { series }] of answer.members.entries()) {
        for (const one of histories[head + i]?.series ?? []) {
          const read = series.find(({ source }) => source === one.source)
          if (read?.kind === 'gauge') for (const name of COLUMNS) one[name].set(read[name], first)
        }
      }
    }
  }
  return histories
}

const openSlots = (source: SourceId, slots: number): GaugeSlots => ({
  kind: 'gauge',
  source,
  labels: {},
  count: new Float64Array(slots),
  sum: new Float64Array(slots).fill(Number.NaN),
  last: new Float64Array(slots).fill(Number.NaN),
  min: new Float64Array(0),
  max: new Float64Array(0),
})

import { METRICS } from '@etcdmonitor/core/metrics/catalogue'
import {
  CURRENT_SPAN,
  type CurrentValue,
  currentValue,
} from '@etcdmonitor/core/metrics/evaluate/current-values'
import { type PartSlots, readSources } from '@etcdmonitor/core/metrics/evaluate/evaluate-parts'
import { LAG_SOURCES, type Leading, leadingPositions } from '@etcdmonitor/core/metrics/evaluate/follower-lag'
import { FORECAST_POINTS, FORECAST_STEP, forecastAt } from '@etcdmonitor/core/metrics/evaluate/forecast'
import { spreadLabels } from '@etcdmonitor/core/metrics/evaluate/metric-labels'
import { tickParts } from '@etcdmonitor/core/metrics/slots/tick-parts'
import type { SourceId } from '@etcdmonitor/core/metrics/sources'
import {
  type MemberRef,
  type MemberTicks,
  type MetricsReader,
  READ_LIMITS,
} from '@etcdmonitor/core/ports/metrics-store'

/** By metric name or labelled key, in the order of the catalogue; a metric without a value is absent. */
export type CurrentMetrics = ReadonlyMap<string, CurrentValue>

export type CurrentStore = Pick<MetricsReader, 'tail' | 'slots' | 'watermark'>

const SOURCES: readonly SourceId[] = [...new Set(METRICS.flatMap(readSources))]
const FORECASTS = METRICS.filter(({ kind }) => kind === 'forecast')
const FORECAST_SOURCES: readonly SourceId[] = [...new Set(FORECASTS.flatMap(({ source }) => source))]

/** Everything that one member has now; `leading`: of its cluster. `breathe` is called between metrics. */
export async function computeCurrent(
  store: CurrentStore,
  member: MemberRef,
  { leading, breathe }: { readonly leading: Leading; readonly breathe: () => Promise<void> },
): Promise<CurrentMetrics> {
  const [ticks] = await store.tail({ members: [member], sources: SOURCES, span: CURRENT_SPAN })
  if (!ticks) return new Map()
  const parts = { ...wholeTail(ticks), leading }
  const forecasts = await computeForecasts(store, member, parts)
  const values = new Map<string, CurrentValue>()
  for (const metric of METRICS) {
    await breathe()
    for (const one of spreadLabels(metric, parts.series)) {
      const value = forecasts.get(one.name) ?? currentValue(one, parts)
      if (value) values.set(one.name, value)
    }
  }
  return values
}

/** Where the most advanced of the members is at their newest ticks. */
export async function readLeadingNow(
  store: Pick<MetricsReader, 'tail'>,
  members: readonly MemberRef[],
): Promise<Leading> {
  const parts: PartSlots[] = []
  for (let first = 0; first < members.length; first += READ_LIMITS.members) {
    const some = members.slice(first, first + READ_LIMITS.members)
    const tails = await store.tail({ members: some, sources: LAG_SOURCES, span: CURRENT_SPAN })
    parts.push(...tails.map(wholeTail))
  }
  return leadingPositions(parts)
}

/** With its seams: what is newest of one series may be older than the seam of another. */
const wholeTail = (ticks: MemberTicks): PartSlots => tickParts({ ...ticks, first: 0 })

/** At the newest tick that knows the size of the database. */
async function computeForecasts(
  store: Pick<MetricsReader, 'slots'>,
  member: MemberRef,
  { times, series }: PartSlots,
): Promise<CurrentMetrics> {
  const size = series.find(({ source }) => source === 'db_total')
  const newest = size?.kind === 'gauge' ? size.last.findLastIndex((value) => !Number.isNaN(value)) : -1
  const at = times[newest]
  if (at === undefined) return new Map()
  const from = (Math.floor(at / FORECAST_STEP) + 1 - FORECAST_POINTS) * FORECAST_STEP
  const to = from + FORECAST_POINTS * FORECAST_STEP
  const query = { members: [member], sources: FORECAST_SOURCES, from, to, step: FORECAST_STEP }
  const [answer] = (await store.slots(query)).members
  const history = { from, series: answer?.series ?? [] }
  return new Map(
    FORECASTS.map((metric) => [metric.name, { value: forecastAt(metric, history, at) }] as const).filter(
      ([, { value }]) => !Number.isNaN(value),
    ),
  )
}

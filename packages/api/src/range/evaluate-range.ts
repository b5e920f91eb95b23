import { findMetric, type Metric } from '@etcdmonitor/core/metrics/catalogue'
import { evaluateParts } from '@etcdmonitor/core/metrics/evaluate/evaluate-parts'
import type { SlotsAndParts } from '@etcdmonitor/core/metrics/evaluate/evaluate-slots'
import { forecastSlots, forecastStats } from '@etcdmonitor/core/metrics/evaluate/forecast'
import { rankedMethod } from '@etcdmonitor/core/metrics/evaluate/method-ranks'
import { spreadLabels } from '@etcdmonitor/core/metrics/evaluate/metric-labels'
import { holdsEntries, type Window } from '@etcdmonitor/core/metrics/slots/plan-window'
import { evaluateWindow, wantsParts } from '@etcdmonitor/core/metrics/slots/window-values'
import { planReads, type Read, rowsOf } from './plan-reads.ts'
import type { RangeRequest } from './range-request.ts'
import { readForecasts } from './read-forecasts.ts'
import { NO_PARTS, type RangeWork, readGroup } from './read-group.ts'
import { readLeading } from './read-leading.ts'
import type { Evaluated, EvaluatedMembers } from './write-range.ts'

/** Each looks at four hours. */
const FORECASTS_AT_ONCE = 200

interface EvaluatedRange {
  /** Columns of all members. When they are more than fit, columns are left out. */
  readonly entries: number
  readonly members: EvaluatedMembers
}

/** By member id, then by the name that was asked for: one entry, or one per label value. */
type Found = ReadonlyMap<string, Map<string, readonly Evaluated[]>>

/** @throws AppError `storage_unavailable`, `too_many_points`; `signal.reason` after an abort */
export async function evaluateRange(
  work: RangeWork & { readonly interval: number },
  request: RangeRequest,
): Promise<EvaluatedRange> {
  const { members, metrics, memberId, window } = request
  const found: Found = new Map(members.map((member) => [member.memberId, new Map()]))
  let entries = members.length * metrics.length
  const leading = await readLeading(work, request)
  for (const read of planAll(request, work.interval)) {
    if (!holdsEntries(window, entries) && !read.metrics.some(isLabelled)) break // the window is planned anew
    for (const { member, of } of await readGroup(work, read, request)) {
      for (const metric of read.metrics) {
        await work.breathe()
        const { series, parts } = await of(metric)
        const each = entriesOf(metric, series)
        entries += Math.max(0, each.length - 1)
        if (!holdsEntries(window, entries)) continue
        const lead = leading.get(member.clusterId)
        const data = { series, parts: lead ? { ...parts, leading: lead } : parts }
        const evaluated: Evaluated[] = []
        for (const one of each) {
          await work.breathe()
          const partValues = wantsParts(one, request) ? evaluateParts(one, data.parts) : undefined
          await work.breathe()
          evaluated.push(evaluateOne(one, { ...data, ...(partValues && { partValues }) }, request))
        }
        found.get(member.memberId)?.set(metric.name, evaluated)
      }
    }
  }
  if (holdsEntries(window, entries)) await addForecasts(work, request, found)
  const ids = memberId === 'all' ? members.map((member) => member.memberId) : [memberId]
  return { entries, members: new Map(ids.map((id) => [id, fillIn(id, request, found)])) }
}

const isLabelled = ({ params }: Metric): boolean => params.by !== undefined

/** Names that rest on parts are read apart: single samples cost more than slots. First what may have more entries than names. */
function planAll(request: RangeRequest, interval: number): Read[] {
  const { members, metrics } = request
  const sampled = metrics.filter(({ kind, source }) => kind !== 'forecast' && source.length > 0)
  const reads = [true, false].flatMap((withParts) => {
    const some = sampled.filter((metric) => wantsParts(metric, request) === withParts)
    return planReads(members, some, { rows: rowsOf(request, { interval, withParts }), withParts })
  })
  const mayBeMore = ({ metrics: some }: Read) => some.some(isLabelled)
  return reads.toSorted((a, b) => Number(mayBeMore(b)) - Number(mayBeMore(a)))
}

/** What a name is answered by: itself, or one entry per label value; a labelled key by itself when its value is there. */
function entriesOf(metric: Metric, series: SlotsAndParts['series']): readonly Metric[] {
  if (metric.params.only === undefined) return spreadLabels(metric, series)
  const bare = findMetric(metric.name.slice(0, metric.name.indexOf('{')))
  return bare ? spreadLabels(bare, series).filter(({ name }) => name === metric.name) : []
}

function evaluateOne(metric: Metric, data: SlotsAndParts, request: RangeRequest): Evaluated {
  const method = rankedMethod(metric, data.series)
  return {
    name: metric.name,
    ...evaluateWindow(metric, data, request.window, request),
    ...(method !== undefined && { labels: { method } }),
  }
}

async function addForecasts(work: RangeWork, request: RangeRequest, found: Found): Promise<void> {
  const { members, newestAt, metrics, window, include } = request
  const forecasts = metrics.filter(({ kind }) => kind === 'forecast')
  if (forecasts.length === 0) return
  for (const [i, history] of (await readForecasts(work, members, window)).entries()) {
    const until = newestAt[i] ?? 0
    for (const metric of forecasts) {
      const values = new Float64Array(window.slots)
      for (let first = 0; first < window.slots; first += FORECASTS_AT_ONCE) {
        await work.breathe()
        values.set(
          forecastSlots(metric, history, sliceWindow(window, first, FORECASTS_AT_ONCE), until),
          first,
        )
      }
      found.get(history.member.memberId)?.set(metric.name, [
        {
          name: metric.name,
          values,
          ...(include.includes('band') && { band: { min: values, max: values } }),
          ...(include.includes('stats') && { stats: forecastStats(values, window, until) }),
        },
      ])
    }
  }
}

const sliceWindow = (window: Window, first: number, most: number): Window => ({
  ...window,
  from: window.from + first * window.step,
  slots: Math.min(most, window.slots - first),
})

/**
 * The entries of one member in the order of the request. A name without any is answered by nulls, and so is a labelled key that another member
 * has; one that no member has is unknown.
 */
function fillIn(memberId: string, request: RangeRequest, found: Found): readonly Evaluated[] {
  const entries = request.metrics.flatMap((metric) => {
    const own = found.get(memberId)?.get(metric.name) ?? []
    const isUnknown = metric.params.only && ![...found.values()].some((of) => of.get(metric.name)?.length)
    if (own.length > 0 || isUnknown) return own
    return [evaluateOne(metric, { series: [], parts: NO_PARTS }, request)]
  })
  return [...new Map(entries.map((one) => [one.name, one])).values()]
}

import type { Labels } from '@etcdmonitor/core/metrics/sample'
import type { SourceId } from '@etcdmonitor/core/metrics/sources'
import type { DataSet } from '../data-set.ts'

/** A series as Prometheus names it: the source is the name; a histogram has `_bucket` (cumulative, with `le`) and `_sum`. */
export interface PlainSeries {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** Unix ms, ascending. */
  readonly times: number[]
  readonly values: number[]
}

/** The series of these sources over the whole data set. */
export function collectSeries(data: DataSet, sources: ReadonlySet<SourceId>): readonly PlainSeries[] {
  const series = new Map<string, PlainSeries>()
  const add = (name: string, labels: Readonly<Record<string, string>>, at: number, value: number) => {
    const key = `${name} ${Object.values(labels).join(' ')}`
    const known = series.get(key) ?? { name, labels, times: [], values: [] }
    series.set(key, known)
    known.times.push(at)
    known.values.push(value)
  }
  for (const { at, members } of data.batches())
    for (const { memberId: member, scalars, histograms } of members) {
      for (const { source, labels, value } of scalars)
        if (sources.has(source)) add(source, { ...named(labels), member }, at, value)
      for (const { source, labels, bounds, buckets, sum } of histograms) {
        if (!sources.has(source)) continue
        let count = 0
        for (const [i, bucket] of buckets.entries()) {
          count += bucket
          add(`${source}_bucket`, { ...named(labels), member, le: String(bounds[i] ?? '+Inf') }, at, count)
        }
        add(`${source}_sum`, { ...named(labels), member }, at, sum)
      }
    }
  return [...series.values()]
}

const named = (labels: Labels): Record<string, string> => Object.fromEntries(Object.entries(labels))

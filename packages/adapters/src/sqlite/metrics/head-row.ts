import type { MemberTick } from '@etcdmonitor/core/metrics/sample'
import type { SeriesName, SeriesPlaces } from './series-places.ts'

export interface EncodedRow {
  /** By place; NaN = missing. */
  readonly values: Float64Array
  readonly stored: number
  readonly notFinite: number
  readonly beyondLimit: number
}

/** All values of one member's tick at their places; series that are new get theirs inside the open transaction. */
export function encodeRow({ scalars, histograms }: MemberTick, at: number, places: SeriesPlaces): EncodedRow {
  const filled: { readonly place: number; readonly values: readonly number[] }[] = []
  let notFinite = 0
  let beyondLimit = 0
  const put = (series: SeriesName, values: readonly number[]) => {
    const bad = values.filter((value) => !Number.isFinite(value)).length
    notFinite += bad
    const place = bad > 0 ? undefined : places.placeOf(series, at)
    if (place !== undefined) filled.push({ place, values })
    else if (bad === 0) beyondLimit += values.length
  }
  for (const sample of scalars) put({ source: sample.source, labels: sample.labels }, [sample.value])
  // A histogram with a wrong bucket is no histogram: it goes whole.
  for (const sample of histograms) put(sample, [...sample.buckets, sample.sum])

  const values = new Float64Array(places.count).fill(Number.NaN)
  for (const one of filled) values.set(one.values, one.place)
  return {
    values,
    stored: filled.reduce((count, one) => count + one.values.length, 0),
    notFinite,
    beyondLimit,
  }
}

import type { MemberTick } from '@etcdmonitor/core/metrics/sample'
import type { SeriesPlaces } from './series-places.ts'

export interface EncodedRow {
  /** By place; NaN = missing. */
  readonly values: Float64Array
  readonly stored: number
  readonly notFinite: number
  readonly beyondLimit: number
}

/** All values of one member's tick at their places; series that are new get theirs inside the open transaction. */
export function encodeRow({ scalars, histograms }: MemberTick, places: SeriesPlaces): EncodedRow {
  const filled: { readonly place: number; readonly values: readonly number[] }[] = []
  let notFinite = 0
  let beyondLimit = 0
  const put = (values: readonly number[], place: () => number | undefined) => {
    const bad = values.filter((value) => !Number.isFinite(value)).length
    notFinite += bad
    const at = bad > 0 ? undefined : place()
    if (at !== undefined) filled.push({ place: at, values })
    else if (bad === 0) beyondLimit += values.length
  }
  for (const { source, labels, value } of scalars) put([value], () => places.placeOf(source, labels))
  // A histogram with a wrong bucket is no histogram: it goes whole.
  for (const { source, labels, bounds, buckets, sum } of histograms)
    put([...buckets, sum], () => places.placeOf(source, labels, bounds))

  const values = new Float64Array(places.count).fill(Number.NaN)
  for (const one of filled) values.set(one.values, one.place)
  return {
    values,
    stored: filled.reduce((count, one) => count + one.values.length, 0),
    notFinite,
    beyondLimit,
  }
}

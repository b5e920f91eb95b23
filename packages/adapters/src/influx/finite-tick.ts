import type { HistogramSample, MemberTick, ScalarSample } from '@etcdmonitor/core/metrics/sample'

/** The tick without what is no number, and how many values that were. A histogram with one such value is no histogram: it goes whole. */
export function finiteTick(tick: MemberTick): { readonly tick: MemberTick; readonly notFinite: number } {
  let notFinite = 0
  for (const sample of tick.scalars) notFinite += badIn(sample)
  for (const sample of tick.histograms) notFinite += badInHistogram(sample)
  if (notFinite === 0) return { tick, notFinite } // as nearly always
  const { memberId, scalars, histograms } = tick
  return {
    tick: {
      memberId,
      scalars: scalars.filter((sample) => badIn(sample) === 0),
      histograms: histograms.filter((sample) => badInHistogram(sample) === 0),
    },
    notFinite,
  }
}

const badIn = ({ value }: ScalarSample): number => (Number.isFinite(value) ? 0 : 1)

function badInHistogram({ buckets, sum }: HistogramSample): number {
  let bad = Number.isFinite(sum) ? 0 : 1
  for (const count of buckets) if (!Number.isFinite(count)) bad++
  return bad
}

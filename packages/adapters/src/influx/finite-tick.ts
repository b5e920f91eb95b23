import type { MemberTick } from '@etcdmonitor/core/metrics/sample'

/** The tick without what is no number, and how many values that were. A histogram with one such value is no histogram: it goes whole. */
export function finiteTick({ memberId, scalars, histograms }: MemberTick): {
  readonly tick: MemberTick
  readonly notFinite: number
} {
  let notFinite = 0
  const isSound = (values: readonly number[]) => {
    const bad = values.filter((value) => !Number.isFinite(value)).length
    notFinite += bad
    return bad === 0
  }
  const tick = {
    memberId,
    scalars: scalars.filter(({ value }) => isSound([value])),
    histograms: histograms.filter(({ buckets, sum }) => isSound([...buckets, sum])),
  }
  return { tick, notFinite }
}

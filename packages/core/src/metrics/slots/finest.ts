import { tooManyMetrics } from './too-many-metrics.ts'

/** Width of a rollup, and of longer stretches of them, ms. */
export const COARSE = 300_000
const COARSER = 1_800_000
const MONTH = 31 * 86_400_000

/** From when on single samples, and 5-minute rollups, answer exactly (Unix ms); undefined while nothing is stored. */
export type Horizon = { readonly ticks: number; readonly rollups: number } | undefined

/** What the parts of derived values are (metrics.md 3.10): single deltas, or exact slots of `length` ms. */
export interface Parts {
  readonly kind: 'ticks' | 'slots'
  /** ms; of ticks the collector interval. */
  readonly length: number
}

/** Only rollups are left of its beginning. */
export const isOldWindow = (from: number, horizon: Horizon): boolean =>
  horizon !== undefined && from < horizon.ticks && horizon.rollups < horizon.ticks

/** At least the interval; in an old window a whole number of rollups. All in ms. */
export function effectiveStep(step: number, from: number, horizon: Horizon, interval: number): number {
  const wanted = Math.max(step, interval)
  const first = Math.floor(from / wanted) * wanted
  return isOldWindow(first, horizon) ? Math.ceil(wanted / COARSE) * COARSE : wanted
}

/**
 * One rule for every store, whatever else is asked for (storage.md 2.1): single deltas while the span, as it was asked for, is at most
 * `limits.ticks` intervals and the window is not old; else slots of 300 s, above 31 days of 1,800 s. A step that is no multiple of these is
 * its own part.
 */
export function finest(
  { from, span, step }: { readonly from: number; readonly span: number; readonly step: number },
  {
    interval,
    horizon,
    limits,
  }: { readonly interval: number; readonly horizon?: Horizon; readonly limits: { readonly ticks: number } },
): Parts {
  const isShort = span <= limits.ticks * interval
  if (isShort && !isOldWindow(from, horizon)) return { kind: 'ticks', length: interval }
  const length = span > MONTH ? COARSER : COARSE
  return { kind: 'slots', length: step % length === 0 ? length : step }
}

/** @throws AppError `too_many_metrics` when names × members × parts of the window are more than the store reads for one request */
export function checkParts(
  { length }: Parts,
  window: { readonly from: number; readonly to: number },
  asked: { readonly names: number; readonly members: number },
  limits: { readonly parts: number },
): void {
  const perName = asked.members * Math.ceil((window.to - window.from) / length)
  if (asked.names * perName > limits.parts)
    throw tooManyMetrics(asked.names, Math.floor(limits.parts / perName))
}

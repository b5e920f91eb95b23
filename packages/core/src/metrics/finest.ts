import { AppError } from '../errors.ts'

const COARSE = 300_000
const COARSER = 1_800_000
const MONTH = 31 * 86_400_000

/** What the parts of derived values are (metrics.md 3.10): single deltas, or exact slots of `length` ms. */
export interface Parts {
  readonly kind: 'ticks' | 'slots'
  /** ms; of ticks the collector interval. */
  readonly length: number
}

/**
 * One rule for every store, whatever else is asked for (storage.md 2.1): single deltas while the span, as it was asked for, is at most
 * `limits.ticks` intervals; beyond, slots of 300 s, above 31 days of 1,800 s. A step that is no multiple of these is its own part.
 */
export function finest(
  { span, step }: { readonly span: number; readonly step: number },
  interval: number,
  limits: { readonly ticks: number },
): Parts {
  if (span <= limits.ticks * interval) return { kind: 'ticks', length: interval }
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
  if (asked.names * perName <= limits.parts) return
  const max = Math.floor(limits.parts / perName)
  throw new AppError(
    'too_many_metrics',
    `${asked.names} metrics are too many for this window, at most ${max} fit`,
    {
      details: { max },
    },
  )
}

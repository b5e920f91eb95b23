import { AppError } from '../../errors.ts'
import { COARSE, effectiveStep, type Horizon, isOldWindow } from './finest.ts'
import { tooManyMetrics } from './too-many-metrics.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Default step by the span that is asked for: spans up to `span` get `step`, ms (api.md 5.3). 0 stands for the collector interval. */
const DEFAULT_STEPS = [
  { span: 30 * MINUTE, step: 0 },
  { span: 2 * HOUR, step: 30_000 },
  { span: 12 * HOUR, step: 120_000 },
  { span: 48 * HOUR, step: 300_000 },
  { span: 7 * DAY, step: 600_000 },
  { span: 31 * DAY, step: 1_800_000 },
]
const LONGEST_DEFAULT = 7_200_000

/** What a default step grows along until the answer fits; also the largest step there is. */
const GROWTH = [1_800_000, 3_600_000, 7_200_000, 14_400_000, 21_600_000, 43_200_000, DAY]

/** Bounds of one range answer: slots of a series, and names × members × slots. */
const MAX_SLOTS = 10_000
const MAX_VALUES = 150_000

interface Counts {
  readonly names: number
  readonly members: number
}

interface Bounds extends Counts {
  /** Unix ms, whole seconds, `from < to`. */
  readonly from: number
  readonly to: number
  readonly horizon?: Horizon
}

export interface WindowRequest extends Bounds {
  /** ms; absent: by the span. */
  readonly step?: number
  /** Collector interval, ms. */
  readonly interval: number
}

export interface Window {
  /** Unix ms, multiples of `step`; `[from, to)` holds the window that was asked for. */
  readonly from: number
  readonly to: number
  readonly step: number
  readonly slots: number
  /** Length of the window as asked for, ms: decides default step and parts. */
  readonly span: number
}

/**
 * The aligned window, its step and number of slots (api.md 5.3). A step below the interval is raised to it; a default step grows until the
 * answer fits.
 * @throws AppError `too_many_points` (an explicit step gives more than fits), `too_many_metrics` (no step fits)
 */
export function planWindow(request: WindowRequest): Window {
  const { from, to, step, interval, horizon } = request
  const wanted = effectiveStep(step ?? defaultStep(to - from, interval), from, horizon, interval)
  return fitWindow(request, wanted, step !== undefined)
}

/**
 * The window for more names than it was planned for: labels of a metric are known only when its series are. As it is when they fit.
 * @throws AppError as `planWindow`
 */
export function widenWindow(
  window: Window,
  { isStepGiven, ...rest }: Counts & { readonly isStepGiven: boolean; readonly horizon?: Horizon },
): Window {
  const { from, to, step, span } = window
  return { ...fitWindow({ from, to, ...rest }, step, isStepGiven), span }
}

/** Whether so many columns, of all names and members together, fit at the window's step. */
export const holdsEntries = ({ slots }: Window, entries: number): boolean => entries * slots <= MAX_VALUES

function fitWindow(request: Bounds, wanted: number, isStepGiven: boolean): Window {
  const maxSlots = slotsThatFit(request)
  const window = alignWindow(request, wanted)
  if (window.slots <= maxSlots) return window

  const day = alignWindow(request, DAY)
  if (day.slots > maxSlots)
    throw tooManyMetrics(request.names, Math.floor(MAX_VALUES / (request.members * day.slots)))
  if (!isStepGiven) return growWindow(request, wanted, maxSlots)
  const smallest = smallestStep(request, wanted, maxSlots) / 1_000
  throw new AppError(
    'too_many_points',
    `step ${wanted / 1_000} s gives ${window.slots} slots, at most ${maxSlots} fit: use ${smallest} s or more`,
    { details: { max: maxSlots, min_step: smallest } },
  )
}

/** Where the step does not depend on the caps: also what the default would be without them. */
export function defaultStep(span: number, interval: number): number {
  const row = DEFAULT_STEPS.find((one) => span <= one.span)
  return Math.max(row ? row.step : LONGEST_DEFAULT, interval)
}

function alignWindow({ from, to }: Bounds, step: number): Window {
  const first = Math.floor(from / step)
  const end = Math.ceil(to / step)
  return { from: first * step, to: end * step, step, slots: end - first, span: to - from }
}

const slotsThatFit = ({ names, members }: Counts): number =>
  Math.min(MAX_SLOTS, Math.floor(MAX_VALUES / Math.max(1, names * members)))

function growWindow(request: Bounds, step: number, maxSlots: number): Window {
  for (const larger of GROWTH) {
    const window = alignWindow(request, larger)
    if (larger > step && window.slots <= maxSlots) return window
  }
  return alignWindow(request, DAY)
}

/** Whole seconds, in an old window whole rollups. A day fits, so the search ends there at the latest. */
function smallestStep(request: Bounds, above: number, maxSlots: number): number {
  const { from, to, horizon } = request
  const unit = isOldWindow(from, horizon) ? COARSE : 1_000
  let step = Math.max(above, Math.ceil((to - from) / maxSlots / unit) * unit)
  while (step < DAY && alignWindow(request, step).slots > maxSlots) step += unit
  return step
}

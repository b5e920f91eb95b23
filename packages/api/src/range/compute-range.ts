import type { MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import type { Clock } from '@etcdmonitor/core/time'
import { createShortBreath } from './breath.ts'
import { evaluateRange } from './evaluate-range.ts'
import { type RangeRequest, widenRequest } from './range-request.ts'
import type { EvaluatedMembers } from './write-range.ts'

export interface ComputeDeps {
  readonly metrics: MetricsReader
  readonly clock: Clock
  /** Of the collector, ms. */
  readonly interval: number
}

export interface ComputedRange {
  /** As it was asked for, or with the wider step that the label values of its names take. */
  readonly request: RangeRequest
  readonly members: EvaluatedMembers
}

/**
 * Everything a range answer says, member by member. Gives the event loop back between pieces of work.
 * @throws AppError `storage_unavailable`, `too_many_points`, `too_many_metrics`; `signal.reason` after an abort
 */
export async function computeRange(
  { metrics, clock, interval }: ComputeDeps,
  request: RangeRequest,
  signal: AbortSignal,
): Promise<ComputedRange> {
  const breathe = createShortBreath(clock, signal)
  let asked = request
  for (;;) {
    const { entries, members } = await evaluateRange({ metrics, breathe, signal, interval }, asked)
    const fitting = widenRequest(asked, entries, { interval, limits: metrics.limits })
    if (fitting.window.step === asked.window.step) return { request: asked, members }
    asked = fitting
  }
}

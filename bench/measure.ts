import { type BenchRecord, type Demand, judge } from './records.ts'

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

export interface Subject {
  readonly id: string
  /** One whole measurement, ms. */
  readonly measure: () => Promise<number>
}

/** Times the subjects in turn, so that all of them have the machine's good and bad moments; one warm-up round is not counted. */
export async function timeInTurn(
  subjects: readonly Subject[],
  rounds = 11,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const times = new Map<string, number[]>(subjects.map(({ id }) => [id, []]))
  for (let round = -1; round < rounds; round++)
    for (const { id, measure } of subjects) {
      const took = await measure()
      if (round >= 0) times.get(id)?.push(took)
    }
  return times
}

export interface RatioOptions {
  readonly id: string
  readonly title: string
  readonly ours: readonly number[]
  readonly baseline: { readonly id: string; readonly times: readonly number[] }
  readonly demand: Demand | undefined
  readonly side?: BenchRecord['side']
}

/** Ratio of our time to the baseline's, round by round. */
export function ratioRecord({ id, title, ours, baseline, demand, side }: RatioOptions): BenchRecord {
  const runs = ours.map((time, round) => round3(time / (baseline.times[round] ?? Number.NaN)))
  const value = median(runs)
  return {
    id,
    title,
    unit: 'ratio',
    runs,
    median: value,
    ...(demand && { demand }),
    verdict: judge(value, demand),
    baseline: { id: baseline.id, unit: 'ms', median: round3(median(baseline.times)) },
    side: { ours_ms: round3(median(ours)), ...side },
  }
}

export const round3 = (value: number): number => Number(value.toPrecision(3))

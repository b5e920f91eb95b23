import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** One figure, as reliability.md 11 has it. */
export interface BenchRecord {
  readonly id: string
  readonly title: string
  readonly unit: string
  readonly runs: readonly number[]
  readonly median?: number
  readonly demand?: Demand
  /** `recorded`: nothing is demanded of it. */
  readonly verdict: 'met' | 'missed' | 'recorded' | 'not_run'
  /** Why it did not run. */
  readonly reason?: string
  readonly baseline?: { readonly id: string; readonly unit: string; readonly median: number }
  /** Further figures of the same run, in snake_case with their unit. */
  readonly side?: Readonly<Record<string, number | string>>
}

export interface Demand {
  readonly op: '<=' | '>='
  readonly value: number
}

/** One call of `pnpm bench`. */
export interface BenchRun {
  readonly commit: string
  readonly node: string
  readonly cores: number
  /** Unix seconds. */
  readonly started_at: number
  readonly seed: number
  readonly benches: readonly BenchRecord[]
}

const FILE = new URL('results.json', import.meta.url)

/** All that is on record: each id once, in the run that measured it last; newest run first. */
export const readRuns = (): readonly BenchRun[] =>
  existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as { runs: BenchRun[] }).runs : []

export function recordRun(run: BenchRun): void {
  const measured = new Set(run.benches.map(({ id }) => id))
  const older = readRuns()
    .map((past) => ({ ...past, benches: past.benches.filter(({ id }) => !measured.has(id)) }))
    .filter(({ benches }) => benches.length > 0)
  writeFileSync(FILE, `${JSON.stringify({ schema: 1, runs: [run, ...older] }, undefined, 2)}\n`)
}

export function judge(value: number, demand: Demand | undefined): BenchRecord['verdict'] {
  if (!demand) return 'recorded'
  return (demand.op === '<=' ? value <= demand.value : value >= demand.value) ? 'met' : 'missed'
}

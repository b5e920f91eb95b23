import type { BenchRecord } from './records.ts'

export interface BenchContext {
  readonly seed: number
  /** An empty folder, removed after the run. */
  readonly folder: string
  readonly say: (line: string) => void
}

/** Benches that share their set-up. */
export interface BenchFamily {
  /** In the order of storage.md 8.1 and reliability.md 8. */
  readonly ids: readonly string[]
  /** Measures those of `ids` that are wanted. A server that is missing gives `not_run` with the reason. */
  run(wanted: ReadonlySet<string>, context: BenchContext): Promise<readonly BenchRecord[]>
}

import type { BenchRecord } from './records.ts'
import type { WatchedConsole } from './watched-console.ts'

/** What the benches of keys measure: an etcd with 1.2 million keys, and a console in front of it. */
export interface KeyBench {
  readonly url: string
  readonly console: WatchedConsole
}

export const notRun = (id: string, reason: string): BenchRecord => ({
  id,
  title: 'keys',
  unit: 'ms',
  runs: [],
  verdict: 'not_run',
  reason,
})

import { fileURLToPath, pathToFileURL } from 'node:url'

/** Constants of the product by file below `packages/`, each with the value that it has instead: numbers that stand in the source. */
export type Waits = Readonly<Record<string, Readonly<Record<string, number>>>>

const PRELOAD = fileURLToPath(new URL('shorten-waits.ts', import.meta.url))

/** For the environment of one of our programs: it waits less than the product does. What users cannot set stays that way. */
export const shortWaits = (waits: Waits): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `--import=${pathToFileURL(PRELOAD)}`,
  SHORT_WAITS: JSON.stringify(waits),
})

/** Between the members of a rolling run there are no pauses that a person would need. */
export const QUICK_SETTLES: Waits = {
  'core/src/operations/operation-limits.ts': { SHORT_SETTLE: 1_000, LONG_SETTLE: 1_000 },
}

/** A process that was killed is known to be dead, and its run taken over, within seconds (operations.md 17). */
export const QUICK_TAKE_OVER: Waits = {
  'api/src/beat.ts': { EVERY: 500, BEFORE_JUDGING: 2_000 },
  'adapters/src/sql/sql-instances.ts': { DEAD_AFTER: 3_000 },
}

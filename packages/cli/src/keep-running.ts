import type { Log } from '@etcdmonitor/core/ports/log'
import type { Clock } from '@etcdmonitor/core/time'
import { type Child, endChild } from './child-process.ts'
import { EXIT } from './exit-codes.ts'
import { type Stop, untilAborted } from './stop-signals.ts'

const FIRST_DELAY = 1_000
const LONGEST_DELAY = 30_000
/** A child that lived as long begins again with the first delay. */
const SOUND_LIFE = 5 * 60_000
/** Of the API's 45 s, of which downloads may need 40, and some. */
const STOP_LIMIT = 50_000

export interface Service {
  /** For the log. */
  readonly name: string
  readonly start: () => Promise<Child>
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>
  readonly log: Log
}

/** 1, 2, 4 … 30 s (`reliability.md` 7), in ms. `previous` is 0 before the first restart. */
export const nextDelay = (previous: number, lived: number): number =>
  previous === 0 || lived >= SOUND_LIFE ? FIRST_DELAY : Math.min(2 * previous, LONGEST_DELAY)

/**
 * Runs a child until `stop`, and returns what we should exit with.
 *
 * | the child ends            | then                                                   |
 * | ------------------------- | ------------------------------------------------------ |
 * | with 78 (refused)         | 78: starting it again cannot help                      |
 * | in any other way, unasked | it is started again after the next delay               |
 * | because of `stop`         | 0 when it stopped cleanly, else 1                      |
 */
export async function keepRunning(
  { name, start, clock, log }: Service,
  { stop, force }: Stop,
): Promise<number> {
  for (let delay = 0; !stop.aborted; ) {
    const begun = clock.monotonic()
    const child = await start()
    const unasked = await Promise.race([child.exited, untilAborted(stop)])
    const exit = unasked ?? (await endChild(child, STOP_LIMIT, force))
    if (stop.aborted) return exit.code === EXIT.done ? EXIT.done : EXIT.failed
    if (exit.code === EXIT.refused) return EXIT.refused
    delay = nextDelay(delay, clock.monotonic() - begun)
    log.warn('process_ended', { process: name, pid: child.pid, ...exit, restart_in_ms: delay })
    await clock.sleep(delay, stop)
  }
  return EXIT.done
}

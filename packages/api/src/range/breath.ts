import { type Breath, createBreath } from '@etcdmonitor/core/breath'
import type { Clock } from '@etcdmonitor/core/time'

/** Shorter than what a reader takes, ms: answers are computed for many requests at once. */
const LONGEST_PIECE = 5

/** Awaited between pieces of what is computed for an answer. */
export const createShortBreath = (clock: Pick<Clock, 'monotonic' | 'turn'>, signal: AbortSignal): Breath =>
  createBreath(clock, signal, LONGEST_PIECE)

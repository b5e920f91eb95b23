import { AppError } from '@etcdmonitor/core/errors'
import type { Instance, Instances } from '@etcdmonitor/core/ports/instances'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { Clock } from '@etcdmonitor/core/time'

const EVERY = 10_000
/** Others are judged only after so long of unbroken heartbeats of our own. */
const BEFORE_JUDGING = 30_000
/** Between the beginnings of two that are unbroken, by our clock; and what the store's clock may go forward meanwhile. */
const LONGEST_GAP = 15_000
const LONGEST_STEP = 30_000

export interface BeatDeps {
  readonly instances: Pick<Instances, 'beat' | 'leave' | 'interruptDead'>
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>
  readonly log: Log
}

/** A heartbeat that was committed. */
interface Beaten {
  /** Of our monotonic clock. */
  readonly begun: number
  /** By the store's clock. */
  readonly at: number
  /** Where the unbroken row of heartbeats began. */
  readonly since: number
}

/** What acts on what heartbeats tell. */
export interface BeatHooks {
  /** Runs of this process for which a cancel was asked. */
  readonly cancel: (runIds: readonly string[]) => void
  /** Runs whose locks this process holds. */
  readonly takeBack: (runIds: readonly string[]) => Promise<void>
  /** Called after each heartbeat of a process that may judge others. */
  readonly takeOver: () => Promise<void>
}

/** The heartbeats of one process. */
export interface Pulse {
  /** Its own heartbeats were unbroken for so long that it may judge others. */
  mayJudge(): boolean
  /**
   * One every 10 s until `signal` aborts. Whoever lives may judge others: what the dead left open in the audit log is told as interrupted.
   * So after an outage of the store, or a step of its clock, everybody who lives has beaten before anybody judges (operations.md 3.3).
   */
  beatForEver(signal: AbortSignal, hooks?: BeatHooks): Promise<void>
}

/**
 * The first heartbeat is committed before this resolves, where the store answers: nothing is recorded before. Disposing says that the
 * process has left, so it comes after everything that records.
 */
export async function startPulse(
  { instances, clock, log }: BeatDeps,
  instance: Instance,
): Promise<Pulse & AsyncDisposable> {
  let last: Beaten | undefined
  let isFailing = false

  const mayJudge = () => last !== undefined && last.begun - last.since >= BEFORE_JUDGING

  async function beat(hooks?: BeatHooks): Promise<void> {
    const begun = clock.monotonic()
    const { now: at, cancelled, held } = await instances.beat(instance)
    last = { begun, at, since: last && isUnbroken(last, begun, at) ? last.since : begun }
    hooks?.cancel(cancelled)
    await hooks?.takeBack(held)
    if (!mayJudge()) return
    const interrupted = await instances.interruptDead()
    if (interrupted > 0) log.warn('acts_interrupted', { count: interrupted })
    await hooks?.takeOver()
  }

  async function tryToBeat(hooks?: BeatHooks): Promise<void> {
    try {
      await beat(hooks)
      if (isFailing) log.info('heartbeat_recovered')
      isFailing = false
    } catch (error) {
      last = undefined
      if (!(error instanceof AppError)) log.error('heartbeat_failed', { error })
      else if (!isFailing) log.warn('heartbeat_failed', { error })
      isFailing = true
    }
  }

  await tryToBeat()
  return {
    mayJudge,
    async beatForEver(signal, hooks) {
      for (await clock.sleep(EVERY, signal); !signal.aborted; await clock.sleep(EVERY, signal))
        await tryToBeat(hooks)
    },
    [Symbol.asyncDispose]: () => leave(instances),
  }
}

const isUnbroken = (last: Beaten, begun: number, at: number): boolean =>
  begun - last.begun <= LONGEST_GAP && at >= last.at && at - last.at <= LONGEST_STEP

/** A store that is away finds out by itself. */
async function leave(instances: Pick<Instances, 'leave'>): Promise<void> {
  try {
    await instances.leave()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
  }
}

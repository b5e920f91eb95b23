/** A process that acts on clusters or writes the audit log. */
export interface Instance {
  readonly kind: 'api' | 'cli'
  /** At most 255 characters. */
  readonly host: string
  readonly pid: number
  readonly version: string
}

export interface Beat {
  /** Unix ms, by the store's clock. */
  readonly now: number
  /** Runs of this process for which a cancel was asked. */
  readonly cancelled: readonly string[]
  /** Runs whose locks this process holds, those among them. */
  readonly held: readonly string[]
}

/**
 * The one liveness clock, for locks and for open intents of the audit log (operations.md 3.3). A process is dead when it has no row, or
 * its heartbeat is more than 30 s away from the store's clock.
 */
export interface Instances {
  /** Of this process: made when the store was opened. */
  readonly id: string
  /** Called first of all at the start, and every 10 s. */
  beat(instance: Instance): Promise<Beat>
  /** Dead from now on. */
  leave(): Promise<void>
  /** At most 500 open intents of dead processes get the outcome `interrupted`; how many did. Any number of processes may call it. */
  interruptDead(): Promise<number>
}

/** What waits for a store that is reached over a network: durable, in the order of arrival, of one owner. */
export interface OutboxBatch {
  /** The tick, Unix ms. */
  readonly at: number
  /** By member, what of it was asked for; `{}` for a batch that is no tick. */
  readonly members: Readonly<Record<string, readonly string[]>>
  readonly lines: number
  /** Values in it. */
  readonly samples: number
  /** As it was given; opaque. */
  readonly body: Uint8Array
}

export interface WaitingBatch extends OutboxBatch {
  /** Ascends in the order of arrival. */
  readonly id: number
}

/** Without the body, whose length is `bytes`. */
export type WaitingSummary = Omit<WaitingBatch, 'body'> & { readonly bytes: number }

/** A line that the store refuses. */
export interface RefusedLine {
  readonly at: number
  /** Of the answer. */
  readonly status: number
  /** From a table of ours, at most 200 characters. */
  readonly reason: string
  readonly line: string
}

export interface Settlement {
  /** Ids of batches that wait no longer. */
  readonly remove?: readonly number[]
  readonly add?: readonly OutboxBatch[]
  /** Other bodies of batches that wait. */
  readonly replace?: readonly Pick<WaitingBatch, 'id' | 'body'>[]
  readonly refused?: readonly RefusedLine[]
  /** The newest tick of members from now on; absent members keep theirs. */
  readonly newest?: Iterable<readonly [member: string, at: number]>
}

export interface OutboxTotals {
  readonly records: number
  /** Sum of the bodies. */
  readonly bytes: number
  /** Unix ms; 0 while nothing waits. */
  readonly oldestAt: number
}

export type OutboxRoom = 'enough' | 'low' | 'full'

/** All methods throw AppError `storage_unavailable` where the file cannot be read or written, or is closed. */
export interface Outbox extends Disposable {
  /** All of it or nothing; when it returns it survives the death of the machine. */
  settle(settlement: Settlement): void
  /** The newest tick of each member that was ever added, by member. */
  newest(): ReadonlyMap<string, number>
  /** The oldest batches, in order: at most `records` of them, and `lines` together, but one at least. Bodies of others are not read. */
  oldest(bounds: { readonly records: number; readonly lines?: number }): readonly WaitingBatch[]
  /** Those of them that wait still, as they are now, in order. */
  read(ids: readonly number[]): readonly WaitingBatch[]
  /** All parts of the tick that was added last; `[]` while none waits. */
  lastTick(): readonly WaitingSummary[]
  /** Those of ticks before or at `before`, or after `after`, Unix ms; at most 1,000, in order. */
  summaries(bounds: { readonly before?: number; readonly after?: number }): readonly WaitingSummary[]
  /** That of the first tick after `at` in which something of a member was asked for. */
  nextTick(member: string, group: string, at: number): WaitingBatch | undefined
  totals(): OutboxTotals
  /** Newest first, at most 1,000. */
  refused(): readonly RefusedLine[]
  /** How much room the disk has; in `full` no tick is to be added. */
  room(): OutboxRoom
  /** See `MetricsWriter`. */
  recall(key: string): string | undefined
  remember(key: string, text: string): void
}

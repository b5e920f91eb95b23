import type { AuditEvent, AuditIntent, AuditOutcome } from '../audit/audit-event.ts'

export const OPERATIONS = [
  'defragment',
  'snapshot',
  'alarm_disarm',
  'move_leader',
  'hashkv',
  'compact',
] as const
/** One act on a cluster, of which there is one at a time. */
export type Operation = (typeof OPERATIONS)[number]

/** Final ones never change (operations.md 3.2). */
export const RUN_STATES = ['running', 'succeeded', 'failed', 'cancelled', 'unknown', 'interrupted'] as const
export type RunState = (typeof RUN_STATES)[number]
/** Of one run. */
export const MAX_STEPS = 200
export type StepState = 'not_started' | 'running' | 'succeeded' | 'skipped' | 'failed' | 'unknown'
export type StepName =
  | 'preflight'
  | 'gate'
  | 'defragment'
  | 'settle'
  | 'move_leader'
  | 'stream'
  | 'compact'
  | 'disarm'
  | 'hash'
  | 'verify'

export interface Step {
  readonly name: StepName
  /** `""` for a step of the whole cluster. */
  readonly memberId: string
  readonly memberName: string
  readonly state: StepState
  /** Unix ms. */
  readonly startedAt?: number
  readonly finishedAt?: number
  /** At most 500 characters. */
  readonly message: string
  /** What was true just before, for judging an outcome later. */
  readonly before?: Readonly<Record<string, string | number>>
}

export interface Progress {
  readonly done: number
  readonly total?: number
  readonly unit: 'members' | 'bytes'
}

/** One operation on a cluster, as the server keeps it. Times are Unix ms by the store's clock. */
export interface Run {
  /** ULID; also the `opId` of its entry in the audit log. */
  readonly id: string
  readonly operation: Operation
  readonly clusterId: string
  readonly accountId: string
  readonly username: string
  readonly params: Readonly<Record<string, unknown>>
  readonly state: RunState
  /** At most `MAX_STEPS`. */
  readonly steps: readonly Step[]
  readonly progress?: Progress
  readonly cancelRequested: boolean
  readonly startedAt: number
  readonly updatedAt: number
  readonly finishedAt?: number
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: { readonly code: string; readonly error: string }
}

export type NewRun = Pick<
  Run,
  'id' | 'operation' | 'clusterId' | 'accountId' | 'username' | 'params' | 'steps'
> & {
  /** Its `opId` is the run's id. */
  readonly intent: AuditIntent
}

/** Who may act for a run: the process, and a number that grows with each owner. */
export interface Ownership {
  readonly runId: string
  readonly instanceId: string
  readonly generation: number
}

/** What is known just before a step, and its own entry of the audit log, where it has one. */
export interface StepStart {
  readonly before?: Step['before']
  readonly intent?: AuditIntent
}

/** What ends an entry of the audit log that was begun by its intent. */
export interface EntryEnd extends AuditOutcome {
  readonly opId: string
}

export interface StepEnd extends Pick<Step, 'state' | 'message'> {
  readonly outcome?: EntryEnd
  /** All steps that follow it from now on, none of them begun: in the place of those that were planned. */
  readonly next?: readonly Step[]
}

export interface RunEnd {
  readonly state: Exclude<RunState, 'running'>
  readonly result?: NonNullable<Run['result']>
  readonly error?: NonNullable<Run['error']>
  readonly outcome: EntryEnd
}

/** Who holds the lock of a cluster. */
export type LockHolder = Pick<Run, 'id' | 'operation' | 'username' | 'startedAt'>

export interface Begun {
  readonly held: false
  readonly run: Run
  readonly owner: Ownership
}

export interface Held {
  readonly held: true
  readonly by: LockHolder
}

/** Of `list`; `from` and `to` on the start, half-open, Unix ms. */
export interface RunQuery {
  /** 1 to 200. */
  readonly limit: number
  /** The last id of the previous page. */
  readonly after?: string
  readonly operation?: Operation
  readonly state?: RunState
  readonly from?: number
  readonly to?: number
}

/**
 * Runs, and the lock of each cluster, which decides alone who may act for a run. Every method is one transaction; times are the store's
 * own clock. `false`: somebody else owns the run, and nothing was written. Methods that write the audit log throw AppError
 * `audit_unavailable` when the store does not answer, the others `auth_store_unavailable`.
 */
export interface RunStore {
  /** Takes the lock and writes run, steps and audit intent together, or writes nothing and says who holds the lock; also one whose owner is dead. */
  begin(run: NewRun): Promise<Begun | Held>
  /**
   * Marks the step running, commits its intent, and beats. Nothing may be sent to etcd before it says true. False also where the step has
   * begun or ended before: a call that nobody waits for any more may be carried out late.
   */
  beginStep(owner: Ownership, index: number, start: StepStart): Promise<boolean>
  /** What a step that runs has to say meanwhile. */
  noteStep(owner: Ownership, index: number, message: string): Promise<boolean>
  endStep(owner: Ownership, index: number, end: StepEnd): Promise<boolean>
  progress(owner: Ownership, progress: Progress): Promise<boolean>
  /** Sets the final state and frees the lock. Repeating it, word for word, changes nothing and says true. */
  finish(owner: Ownership, end: RunEnd): Promise<boolean>
  /** Of a run that was taken over or back: frees its lock and sets its `finishedAt`. Nothing when somebody else owns the run. */
  releaseLock(owner: Ownership): Promise<void>
  /** Only a running run gets flag and event; the run as it is then, undefined when there is none. */
  requestCancel(runId: string, event: AuditEvent): Promise<Run | undefined>
  /** A run whose owner is dead, now owned by this process, `interrupted` with its open intents; at most one, undefined when there is none. */
  takeOver(): Promise<Begun | undefined>
  /** The same for a run whose lock this process holds and that nobody in it carries out or settles any more; undefined when it is not its own. */
  takeBack(runId: string): Promise<Begun | undefined>
  /** Whose run holds the lock of the cluster, also one that is interrupted and not settled yet. */
  holder(clusterId: string): Promise<LockHolder | undefined>
  get(runId: string): Promise<Run | undefined>
  /** Newest first. */
  list(query: RunQuery): Promise<readonly Run[]>
  /** Unix ms, exclusive; at most 500 at once; how many went. Those that hold a lock have not ended. */
  deleteEndedBefore(cutoff: number): Promise<number>
}

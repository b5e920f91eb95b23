import type { AppError } from '@etcdmonitor/core/errors'
import type { Operation, Progress, Run, Step, StepName } from '@etcdmonitor/core/ports/run-store'
import type { AuditedAct } from '../../audit/audit-subject.ts'

/** One operation as the engine carries it out: what is recorded of it, and what it does under the lock. */
export interface RunAct<R extends RunResult = RunResult> {
  readonly operation: Operation
  readonly clusterId: string
  /** Of its entry in the audit log. */
  readonly target: string
  /** As requested; what the audit log has of it beside them is `audited`. */
  readonly params: Run['params']
  readonly audited: Run['params']
  readonly steps: readonly Step[]
  /** @throws AppError and the run fails with it, or is unknown where the code is `outcome_unknown` */
  readonly carryOut: (hand: RunHand) => Promise<RunDone<R>>
}

export type RunResult = Readonly<Record<string, unknown>>

export interface RunDone<R extends RunResult = RunResult> {
  /** The 200 body of the route without `run_id`. */
  readonly result: R
  /** For the entry of the audit log. */
  readonly detail?: Readonly<Record<string, unknown>>
  /** It was asked to stop, and did so between two steps. */
  readonly isCancelled?: boolean
  /** What a cancelled run says in the place of `message` of its result. */
  readonly message?: string
}

/** What a step gives when it has ended well. */
export interface StepDone<T> {
  readonly value: T
  readonly message: string
  /** `failed`: it was broken off on request. */
  readonly state?: 'succeeded' | 'skipped' | 'failed'
  /** For the step's own entry of the audit log. */
  readonly detail?: Readonly<Record<string, string | number>>
}

export interface StepWork {
  /** To be handed on with the change: the right to send it ends 10 s after the step began. */
  readonly mayStillSend: () => boolean
  /** What the step has to say meanwhile. */
  note(message: string): Promise<void>
}

export interface StepPlan {
  readonly name: StepName
  /** `""` for a step of the whole cluster. */
  readonly memberId?: string
  readonly before?: Step['before']
  /** Its own entry in the audit log. */
  readonly entry?: Omit<AuditedAct, 'runId' | 'clusterId'>
  /** It changes etcd: its time is the run's in the audit log. */
  readonly isChange?: boolean
}

/** How an operation acts for its run. Every method throws when the run is somebody else's now. */
export interface RunHand {
  readonly runId: string
  readonly clusterId: string
  /** Aborts when the process is asked to stop: for gates and pauses, which wait for nothing then. */
  readonly stopping: AbortSignal
  /** Aborts when this process cannot go on with the run: what is not known by then is left to who takes it over. */
  readonly closing: AbortSignal
  /** Aborts when somebody asked for a cancel that this process has heard of. */
  readonly cancelled: AbortSignal
  /** Asks the store. */
  isCancelled(): Promise<boolean>
  /** The first planned step of this name and member. Gives what `work` does. @throws AppError `audit_unavailable` and `work` was not called */
  step<T>(plan: StepPlan, work: (step: StepWork) => Promise<StepDone<T>>): Promise<T>
  /** What is planned from now on; written with the end of the step that runs, or of the next one. */
  plan(next: readonly Step[]): void
  /** How many steps have been begun or skipped so far. */
  passed(): number
  progress(progress: Progress): Promise<void>
}

/** A planned step. */
export const planned = (
  name: StepName,
  member: { readonly id: string; readonly name: string } = { id: '', name: '' },
): Step => ({ name, memberId: member.id, memberName: member.name, state: 'not_started', message: '' })

/** How a run ended, as whoever waits for it is told. */
export type RunEnded<R extends RunResult = RunResult> =
  | { readonly kind: 'done'; readonly result: R }
  | { readonly kind: 'cancelled'; readonly run: Run }
  | { readonly kind: 'failed'; readonly error: AppError }

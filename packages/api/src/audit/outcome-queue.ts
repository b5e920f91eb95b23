import type { AuditOutcome } from '@etcdmonitor/core/audit/audit-event'
import { AppError } from '@etcdmonitor/core/errors'
import type { ApiDeps } from '../deps.ts'

const MAX_WAITING = 1_000
/** Twice the minute for which a store may be away (a try takes 2 s of it). */
const LONGEST_WAIT = 120_000
const RETRY = 1_000

interface Waiting {
  readonly opId: string
  readonly outcome: AuditOutcome
  /** Monotonic ms. */
  readonly since: number
}

/** Writes outcomes of acts; what the store does not take now is tried again for two minutes, then told in the log. */
export interface OutcomeQueue extends AsyncDisposable {
  /** Resolves when the outcome is written, or waits to be. Never rejects: the act is done. */
  deliver(opId: string, outcome: AuditOutcome): Promise<void>
}

/** Disposing tries once more. */
export function createOutcomeQueue({
  state,
  clock,
  random,
  log,
}: Pick<ApiDeps, 'state' | 'clock' | 'random' | 'log'>): OutcomeQueue {
  let waiting: Waiting[] = []
  const closing = new AbortController()
  let retrying: Promise<void> | undefined

  const tellLost = ({ opId, outcome: { verdict, code } }: Waiting, error: unknown) =>
    log.error('audit_outcome_lost', { op_id: opId, verdict, code, error })

  /** Undefined when it is written, or cannot be by a bug. */
  async function write(
    one: Waiting,
  ): Promise<{ readonly one: Waiting; readonly error: AppError } | undefined> {
    try {
      await state.audit.outcome(one.opId, one.outcome)
      return undefined
    } catch (error) {
      if (error instanceof AppError) return { one, error }
      tellLost(one, error)
      return undefined
    }
  }

  function keep({ one, error }: { readonly one: Waiting; readonly error: AppError }): void {
    const isHopeless = closing.signal.aborted || clock.monotonic() - one.since >= LONGEST_WAIT
    if (isHopeless || waiting.length >= MAX_WAITING) tellLost(one, error)
    else {
      waiting.push(one)
      retrying ??= retryAll()
    }
  }

  async function retryAll(): Promise<void> {
    while (waiting.length > 0) {
      const [jitter = 0] = random(1)
      await clock.sleep(RETRY + jitter, closing.signal)
      const now = waiting
      waiting = []
      for (const failure of await Promise.all(now.map(write))) if (failure) keep(failure)
    }
    retrying = undefined
  }

  return {
    async deliver(opId, outcome) {
      const failure = await write({ opId, outcome, since: clock.monotonic() })
      if (failure) keep(failure)
    },
    async [Symbol.asyncDispose]() {
      closing.abort()
      await retrying
    },
  }
}

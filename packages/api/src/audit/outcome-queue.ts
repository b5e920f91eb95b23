import type { AuditOutcome } from '@etcdmonitor/core/audit/audit-event'
import { AppError } from '@etcdmonitor/core/errors'
import type { OutcomeOptions } from '@etcdmonitor/core/ports/audit-log'
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
  deliver(opId: string, outcome: AuditOutcome, options?: OutcomeOptions): Promise<void>
}

/** Disposing waits for what is being written, and tries once more what is not. */
export function createOutcomeQueue({
  state,
  clock,
  random,
  log,
}: Pick<ApiDeps, 'state' | 'clock' | 'random' | 'log'>): OutcomeQueue {
  let waiting: Waiting[] = []
  const delivering = new Set<Promise<void>>()
  const closing = new AbortController()
  let retrying: Promise<void> | undefined

  const tellLost = ({ opId, outcome: { verdict, code } }: Waiting, error: unknown) =>
    log.error('audit_outcome_lost', { op_id: opId, verdict, code, error })

  /** Undefined when it is written, or cannot be by a bug. */
  async function write(
    one: Waiting,
    options?: OutcomeOptions,
  ): Promise<{ readonly one: Waiting; readonly error: AppError } | undefined> {
    try {
      await state.audit.outcome(one.opId, one.outcome, options)
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
      for (const failure of await Promise.all(now.map((one) => write(one)))) if (failure) keep(failure)
    }
    retrying = undefined
  }

  async function deliver(one: Waiting, options: OutcomeOptions | undefined): Promise<void> {
    const failure = await write(one, options)
    if (failure) keep(failure)
  }

  return {
    deliver(opId, outcome, options) {
      const delivered = deliver({ opId, outcome, since: clock.monotonic() }, options)
      delivering.add(delivered)
      return delivered.finally(() => delivering.delete(delivered))
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(delivering)
      closing.abort()
      await retrying
    },
  }
}

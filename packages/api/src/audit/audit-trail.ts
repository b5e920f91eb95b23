import type { AuditIntent, AuditOutcome } from '@etcdmonitor/core/audit/audit-event'
import { AppError } from '@etcdmonitor/core/errors'
import { makeUlid } from '@etcdmonitor/core/ulid'
import type { ApiDeps } from '../deps.ts'
import { type AuditedAct, type Caller, toIntent } from './audit-subject.ts'
import { createFailureTrail, type Failure } from './failure-trail.ts'
import { goodEnd, judgeEnd } from './judge-end.ts'
import { createOutcomeQueue } from './outcome-queue.ts'

/** Keeps what the outcome says beside `ok`; the last one counts. */
export type Note = (detail: Readonly<Record<string, unknown>>) => void

/** Writes what people do into the audit log (security.md 8). */
export interface AuditTrail extends AsyncDisposable {
  /**
   * `run`, with its intent committed before it. Gives and throws what `run` does; its outcome, which is written while the answer is on
   * its way, never changes that.
   * @throws AppError `audit_unavailable` when the intent is not committed within 2 s; `run` was not called
   */
  around<T>(caller: Caller, act: AuditedAct, run: (note: Note) => Promise<T>): Promise<T>
  /** An entry of an act that was not tried because of `error`. Never rejects: the refusal stands. */
  refused(caller: Caller, act: AuditedAct, error: AppError): Promise<void>
  /** How an act ended whose intent stands already; tried again for a while. Never rejects: the act is done. */
  outcome(opId: string, outcome: AuditOutcome): Promise<void>
  /** ULID of an entry. */
  newId(): string
  /** A failed sign-in and the like: many become one entry. Never rejects. */
  failed(failure: Failure): Promise<void>
}

/** Disposing writes what waits, at most by one more try. */
export function createAuditTrail(deps: Pick<ApiDeps, 'state' | 'clock' | 'random' | 'log'>): AuditTrail {
  const { state, clock, random, log } = deps
  const outcomes = createOutcomeQueue(deps)
  const failures = createFailureTrail(deps)
  const newId = () => makeUlid(clock.now(), random)

  async function announce(intent: AuditIntent): Promise<void> {
    try {
      await state.audit.intent(intent)
    } catch (error) {
      // it may be committed all the same, after its time: then it is told that nothing followed it
      if (error instanceof AppError) void outcomes.deliver(intent.opId, { ...judgeEnd(error), durationMs: 0 })
      throw error
    }
  }

  return {
    async around(caller, act, run) {
      const intent = toIntent(newId(), caller, act)
      await announce(intent)
      const begun = clock.monotonic()
      const end = (outcome: Omit<AuditOutcome, 'durationMs'>) => {
        const durationMs = clock.monotonic() - begun
        void outcomes.deliver(intent.opId, { ...outcome, durationMs }, { canWait: true }) // never rejects
      }
      let detail: Parameters<Note>[0] | undefined
      try {
        const result = await run((noted) => {
          detail = noted
        })
        end(goodEnd(detail))
        return result
      } catch (error) {
        end(judgeEnd(error))
        throw error
      }
    },

    async refused(caller, act, error) {
      const intent = { ...toIntent(newId(), caller, act), class: 'failure' as const }
      const outcome = { verdict: 'refused' as const, code: error.code, message: error.message, durationMs: 0 }
      try {
        await state.audit.event({ ...intent, ...outcome, count: 1 })
      } catch (lost) {
        if (!(lost instanceof AppError)) throw lost
        log.error('audit_event_lost', { operation: act.operation, code: error.code, error: lost })
      }
    },

    outcome: outcomes.deliver,
    newId,
    failed: failures.add,

    async [Symbol.asyncDispose]() {
      await Promise.all([outcomes[Symbol.asyncDispose](), failures[Symbol.asyncDispose]()])
    },
  }
}

import type { AuditIntent, AuditOperation, AuditOutcome } from '@etcdmonitor/core/audit/audit-event'
import { AppError } from '@etcdmonitor/core/errors'
import { makeUlid } from '@etcdmonitor/core/ulid'
import type { ApiDeps } from '../deps.ts'
import { goodEnd, judgeEnd } from './judge-end.ts'
import { createOutcomeQueue } from './outcome-queue.ts'

/** Who asks for what is audited. */
export interface Caller {
  readonly username: string
  readonly userId?: string
  /** Key of the session's row. */
  readonly sessionHash?: Uint8Array
  readonly address: string
  readonly requestId: string
}

export interface AuditedAct {
  readonly operation: AuditOperation
  /** Key, member name, client address or `cluster`. */
  readonly target: string
  /** Never a value of a key, a password or a token. */
  readonly params?: Readonly<Record<string, unknown>>
  readonly runId?: string
  readonly clusterId?: string
}

/** Keeps what the outcome says beside `ok`; the last one counts. */
export type Note = (detail: Readonly<Record<string, unknown>>) => void

/** Writes what people do into the audit log (security.md 8). */
export interface AuditTrail extends AsyncDisposable {
  /**
   * `run`, with its intent committed before and its outcome after it. Gives and throws what `run` does; its outcome never changes that.
   * @throws AppError `audit_unavailable` when the intent is not committed within 2 s; `run` was not called
   */
  around<T>(caller: Caller, act: AuditedAct, run: (note: Note) => Promise<T>): Promise<T>
  /** An entry of an act that was not tried because of `error`. Never rejects: the refusal stands. */
  refused(caller: Caller, act: AuditedAct, error: AppError): Promise<void>
}

/** Disposing waits for the outcomes that are not written yet, at most for one more try. */
export function createAuditTrail(deps: Pick<ApiDeps, 'state' | 'clock' | 'random' | 'log'>): AuditTrail {
  const { state, clock, log } = deps
  const outcomes = createOutcomeQueue(deps)

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
      const intent = toIntent(deps, caller, act)
      await announce(intent)
      const begun = clock.monotonic()
      const end = (outcome: Omit<AuditOutcome, 'durationMs'>) =>
        outcomes.deliver(intent.opId, { ...outcome, durationMs: clock.monotonic() - begun })
      let detail: Parameters<Note>[0] | undefined
      try {
        const result = await run((noted) => {
          detail = noted
        })
        await end(goodEnd(detail))
        return result
      } catch (error) {
        await end(judgeEnd(error))
        throw error
      }
    },

    async refused(caller, act, error) {
      const intent = { ...toIntent(deps, caller, act), class: 'failure' as const }
      const outcome = { verdict: 'refused' as const, code: error.code, message: error.message, durationMs: 0 }
      try {
        await state.audit.event({ ...intent, ...outcome, count: 1 })
      } catch (lost) {
        if (!(lost instanceof AppError)) throw lost
        log.error('audit_event_lost', { operation: act.operation, code: error.code, error: lost })
      }
    },

    [Symbol.asyncDispose]: () => outcomes[Symbol.asyncDispose](),
  }
}

const toIntent = (
  { clock, random }: Pick<ApiDeps, 'clock' | 'random'>,
  { username, userId, sessionHash, address, requestId }: Caller,
  { operation, target, params = {}, runId = '', clusterId = '' }: AuditedAct,
): AuditIntent => ({
  opId: makeUlid(clock.now(), random),
  class: 'act',
  operation,
  ...(userId !== undefined && { userId }),
  username,
  sessionRef: sessionHash === undefined ? '' : toHex(sessionHash.subarray(0, 4)),
  address,
  requestId,
  target,
  params: JSON.stringify(params),
  runId,
  clusterId,
})

const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

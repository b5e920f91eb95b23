import type { AuditEvent } from '@etcdmonitor/core/audit/audit-event'
import { AppError } from '@etcdmonitor/core/errors'
import type { Context } from 'hono'
import type { ApiEnv } from '../http/api-env.ts'
import { type AuditedAct, type Caller, toSuccess } from './audit-subject.ts'
import type { Note } from './audit-trail.ts'

/** What of a request these functions look at. */
type Asked = Pick<Context<ApiEnv>, 'var'>

/**
 * The change that a request of a session asks for: its intent is committed before `act` is called, its outcome afterwards. Everything
 * that can be refused is to be refused before (`withRefusals`).
 * @throws AppError `audit_unavailable` and nothing was done; what `act` throws
 */
export const audited = <T>(c: Asked, what: AuditedAct, act: (note: Note) => Promise<T>): Promise<T> =>
  c.var.frame.audit.around(callerOf(c), what, act)

/** What `check` gives; an AppError that it throws is recorded as the refusal of `what`. */
export async function withRefusals<T>(c: Asked, what: AuditedAct, check: () => Promise<T>): Promise<T> {
  try {
    return await check()
  } catch (error) {
    if (error instanceof AppError) await c.var.frame.audit.refused(callerOf(c), what, error)
    throw error
  }
}

/** The event of a change that the state store makes itself, for the transaction that makes it. */
export const successOf = (c: Asked, what: AuditedAct): AuditEvent =>
  toSuccess(c.var.frame.audit.newId(), callerOf(c), what)

/** Who sends a request that has a session. */
export const callerOf = ({ var: { session, requestId, address } }: Asked): Caller => ({
  username: session.username,
  userId: session.userId,
  sessionHash: session.idHash,
  address,
  requestId,
})

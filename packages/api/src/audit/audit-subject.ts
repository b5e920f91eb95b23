import type { AuditEvent, AuditIntent, AuditOperation } from '@etcdmonitor/core/audit/audit-event'
import { toHex } from '@etcdmonitor/core/keys/bytes'

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

export const toIntent = (
  opId: string,
  { username, userId, sessionHash, address, requestId }: Caller,
  { operation, target, params = {}, runId = '', clusterId = '' }: AuditedAct,
): AuditIntent => ({
  opId,
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

/** Event of an act that succeeds, for the transaction that does it. */
export const toSuccess = (opId: string, caller: Caller, act: AuditedAct, message = 'ok'): AuditEvent => ({
  ...toIntent(opId, caller, act),
  verdict: 'succeeded',
  code: '',
  message,
  durationMs: 0,
  count: 1,
})

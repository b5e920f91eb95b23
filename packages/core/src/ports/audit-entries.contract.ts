import type { AuditEvent, AuditIntent, AuditOutcome } from '../audit/audit-event.ts'

export const anIntent = (opId: string, over: Partial<AuditIntent> = {}): AuditIntent => ({
  opId,
  class: 'act',
  operation: 'put',
  userId: 'ACCOUNT-1',
  username: 'admin',
  sessionRef: '0a1b2c3d',
  address: '192.0.2.1',
  requestId: `REQUEST-${opId}`,
  target: `/cfg/${opId}`,
  params: '{"ttl":0}',
  runId: '',
  clusterId: '',
  ...over,
})

export const SUCCEEDED: AuditOutcome = { verdict: 'succeeded', code: '', message: 'ok', durationMs: 14 }

/** Of an act that nothing else tells of, unless it is given an id. */
export const anEvent = (opId: string = crypto.randomUUID(), over: Partial<AuditEvent> = {}): AuditEvent => ({
  ...anIntent(opId),
  ...SUCCEEDED,
  count: 1,
  ...over,
})

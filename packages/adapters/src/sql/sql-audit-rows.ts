import type { AuditEvent, AuditIntent, AuditOutcome } from '@etcdmonitor/core/audit/audit-event'
import type { AuditRow, NewAuditRow } from './audit-table.ts'
import { storableText } from './storable-text.ts'

const MAX_TARGET = 1_024
const MAX_MESSAGE = 2_048
/** Bytes. */
const MAX_PARAMS = 4_096

/** Who writes, and when. */
export interface AuditStamp {
  readonly instanceId: string
  readonly at: number
}

const subjectColumns = (intent: AuditIntent, { instanceId, at }: AuditStamp) => ({
  class: intent.class,
  op_id: intent.opId,
  at,
  user_id: intent.userId ?? null,
  username: storableText(intent.username, 64),
  session_ref: storableText(intent.sessionRef, 8),
  address: storableText(intent.address, 64),
  instance_id: instanceId,
  request_id: storableText(intent.requestId, 64),
  operation: intent.operation,
  target: cutText(intent.target, MAX_TARGET),
  params: storableParams(intent.params),
  run_id: intent.runId,
  cluster_id: intent.clusterId,
})

const outcomeColumns = ({ verdict, code, message, durationMs }: AuditOutcome) => ({
  outcome: verdict,
  code: storableText(code, 64),
  message: cutText(message, MAX_MESSAGE),
  duration_ms: Math.round(durationMs),
})

export const intentRow = (intent: AuditIntent, stamp: AuditStamp): NewAuditRow => ({
  ...subjectColumns(intent, stamp),
  phase: 'intent',
  outcome: '',
  code: '',
  message: '',
  duration_ms: 0,
  count: 1,
})

export const eventRow = (event: AuditEvent, stamp: AuditStamp): NewAuditRow => ({
  ...subjectColumns(event, stamp),
  ...outcomeColumns(event),
  phase: 'event',
  count: event.count,
})

/** An outcome repeats of its intent only what retention asks for. */
export const outcomeRow = (
  outcome: AuditOutcome,
  of: Pick<AuditRow, 'op_id' | 'class'> & { readonly phase: 'outcome' | 'late' },
  { instanceId, at }: AuditStamp,
): NewAuditRow => ({
  ...of,
  ...outcomeColumns(outcome),
  at,
  user_id: null,
  username: '',
  session_ref: '',
  address: '',
  instance_id: instanceId,
  request_id: '',
  operation: '',
  target: '',
  params: '{}',
  count: 1,
  run_id: '',
  cluster_id: '',
})

/** Cut with `…`. */
function cutText(text: string, max: number): string {
  const characters = [...storableText(text, max + 1)]
  return characters.length > max ? `${characters.slice(0, max - 1).join('')}…` : characters.join('')
}

/** Always one JSON object: what is too long says so instead. */
function storableParams(params: string): string {
  const isWhole =
    storableText(params, MAX_PARAMS) === params && new TextEncoder().encode(params).length <= MAX_PARAMS
  return isWhole ? params : JSON.stringify({ cut: params.length })
}

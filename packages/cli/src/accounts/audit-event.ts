import { hostname } from 'node:os'
import { systemClock as clock } from '@etcdmonitor/adapters/node/clock'
import { randomBytes as random } from '@etcdmonitor/adapters/node/random'
import type { AuditEvent, AuditOperation } from '@etcdmonitor/core/audit/audit-event'
import { makeUlid } from '@etcdmonitor/core/ulid'

/** What was done on this host, to an account or a file: whoever may do that needs no name of the console. */
export const toAuditEvent = (operation: AuditOperation, target: string): AuditEvent => ({
  opId: makeUlid(clock.now(), random),
  class: 'act',
  operation,
  username: `local@${hostname()}`,
  sessionRef: '',
  address: '',
  requestId: '',
  target,
  params: '{}',
  runId: '',
  clusterId: '',
  verdict: 'succeeded',
  code: '',
  message: 'ok',
  durationMs: 0,
  count: 1,
})

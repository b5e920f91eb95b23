import { hostname } from 'node:os'
import { systemClock as clock } from '@etcdmonitor/adapters/node/clock'
import { randomBytes as random } from '@etcdmonitor/adapters/node/random'
import type { AuditEvent, AuditOperation } from '@etcdmonitor/core/audit/audit-event'
import type { AccountName } from '@etcdmonitor/core/ports/state-store'
import { makeUlid } from '@etcdmonitor/core/ulid'

/** What was done to an account on this host: whoever may do that needs no name of the console. */
export const toAuditEvent = (operation: AuditOperation, target: AccountName): AuditEvent => ({
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

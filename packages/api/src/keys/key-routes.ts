import { AppError, type ErrorCode } from '@etcdmonitor/core/errors'
import type { Context } from 'hono'
import { withRefusals } from '../audit/audited.ts'
import type { KvSettings } from '../deps.ts'
import type { ApiEnv } from '../http/api-env.ts'

/** How etcd may fail a read (etcd.md 5.2). */
const READ_ERRORS = [
  'tab_not_found',
  'permission_denied',
  'etcd_unavailable',
  'no_quorum',
  'etcd_timeout',
  'etcd_auth_failed',
  'etcd_overloaded',
  'etcd_corrupt',
  'etcd_error',
  'not_supported',
] as const satisfies readonly ErrorCode[]

/** How etcd may fail a read at a revision. */
export const REVISION_ERRORS = ['revision_compacted', 'revision_in_future'] as const

/** How a change may fail beyond a read. */
const WRITE_ERRORS = [
  'read_only',
  'revision_conflict',
  'payload_too_large',
  'etcd_nospace',
  'outcome_unknown',
  'audit_unavailable',
] as const satisfies readonly ErrorCode[]

/** What etcd gives up by itself is told by its own error: an answer waits that much longer. */
const GRACE = 500

/** Rules that all routes of keys have. */
export const keyRules = (
  { requestTimeout }: Pick<KvSettings, 'requestTimeout'>,
  ...errors: readonly ErrorCode[]
) =>
  ({
    auth: 'session',
    deadline: requestTimeout + GRACE,
    late: 'etcd_timeout',
    errors: [...READ_ERRORS, ...errors],
  }) as const

/** Rules of a change, which is refused while keys are read-only: by a record in the audit log, whatever the request holds. */
export const changeRules = (kv: KvSettings, operation: 'put' | 'delete', ...errors: readonly ErrorCode[]) =>
  ({
    ...keyRules(kv, ...WRITE_ERRORS, ...errors),
    late: 'outcome_unknown',
    allow: async (c: Context<ApiEnv>) => {
      if (!kv.isReadOnly) return
      const act = { operation, target: '' }
      await withRefusals(c, act, () => {
        throw new AppError('read_only', 'kv_manager.read_only is set: keys are not changed here')
      })
    },
  }) as const

/** Base64 takes four characters for three bytes; the rest of a body has its usual room. */
export const bodyLimit = (maxValueBytes: number): number => Math.ceil((maxValueBytes * 4) / 3) + 65_536

import type { ErrorCode } from '@etcdmonitor/core/errors'
import type { KvSettings } from '../deps.ts'

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

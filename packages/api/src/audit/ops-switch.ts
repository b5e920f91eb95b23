import type { AuditOperation } from '@etcdmonitor/core/audit/audit-event'
import { AppError } from '@etcdmonitor/core/errors'
import type { Context } from 'hono'
import type { ApiSettings } from '../deps.ts'
import type { ApiEnv } from '../http/api-env.ts'
import { withRefusals } from './audited.ts'

/**
 * What `allow` is of every route below `/api/ops` (api.md 8.1): a refusal is in the audit log, under the route's `operation` where it has
 * one.
 */
export const opsSwitch =
  ({ isOpsOn }: Pick<ApiSettings, 'isOpsOn'>, operation: AuditOperation = 'access_refused') =>
  async (c: Context<ApiEnv>): Promise<void> => {
    if (isOpsOn) return
    await withRefusals(c, { operation, target: c.req.path }, () => {
      throw new AppError('ops_disabled', 'ops.ops_enable is false: operations are switched off here')
    })
  }

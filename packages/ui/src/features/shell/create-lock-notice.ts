import type { Accessor } from 'solid-js'
import { type AuditAnswer, type AuditEntryAnswer, SHAPES } from '../../api/answers.ts'
import { useClient } from '../../api/client-context.ts'
import { currentSession } from '../../api/session.ts'
import { createQuery } from '../../primitives/create-query.ts'
import { createOpsEnabled } from './create-ops-enabled.ts'

const DAY_SECONDS = 86_400
const LOOK_EVERY = 300_000

/** The newest lock of an account in the last 24 h; undefined without one, and where the audit log may not be read. `readNow`: Unix ms. */
export function createLockNotice(readNow: () => number): Accessor<AuditEntryAnswer | undefined> {
  const client = useClient()
  const isOpsEnabled = createOpsEnabled()
  const query = createQuery<AuditAnswer>(() => ({
    queryKey: ['audit', 'lock'],
    queryFn: ({ signal }) => {
      const from = String(Math.floor(readNow() / 1_000) - DAY_SECONDS)
      const asked = { operation: 'login_lockout', account: 'true', page_size: '1', from }
      return client.get('ops/audit-logs', asked, { shape: SHAPES.audit, signal })
    },
    enabled: currentSession() !== undefined && isOpsEnabled() === true,
    refetchInterval: LOOK_EVERY,
  }))
  return () => query().data?.entries[0]
}

import { anIntent, SUCCEEDED } from '@etcdmonitor/core/contracts/audit-entries'
import { openApi } from '../../api-rig.contract.ts'

export const LIST = '/api/ops/audit-logs'

/** The API with an audit log that is empty but for one sign-in; `put` adds what was done in full. */
export async function openAuditApi() {
  const api = await openApi()
  await api.addAdmin()
  const token = await api.token()
  return {
    api,
    token,
    get: (query = '') => api.get(`${LIST}${query}`, token),
    put: (opId: string, over: Parameters<typeof anIntent>[1] = {}) =>
      api.deps.state.audit.event({ ...anIntent(opId, over), ...SUCCEEDED, count: 1 }),
  }
}
export type AuditApi = Awaited<ReturnType<typeof openAuditApi>>

import { type MemoryEtcdCluster, memoryEtcdCluster } from '@etcdmonitor/adapters/memory/memory-etcd-cluster'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { type Answer, bearer, JSON_TYPE, NOW, openApi } from './api-rig.contract.ts'

type RigOptions = Parameters<typeof openApi>[0]

/** The API before a cluster in memory, signed in. */
export async function openKeysApi(options: RigOptions = {}) {
  const etcd = memoryEtcdCluster({
    clock: manualClock(NOW),
    members: [{ id: '9007199254740993', name: 'alpha' }],
  })
  const api = await openApi({ etcd, ...options })
  await api.addAdmin()
  const token = await api.token()

  const write = (method: string, path: string, body: unknown): Promise<Answer> =>
    api.send(path, { method, body: JSON.stringify(body), headers: { ...JSON_TYPE, ...bearer(token) } })

  return {
    ...api,
    etcd,
    token,
    get: (path: string) => api.send(path, { headers: bearer(token) }),
    put: (body: unknown) => write('PUT', '/api/kv/v3/put', body),
    remove: (body: unknown) => write('POST', '/api/kv/v3/delete', body),
    /** Puts keys past the API, each with its own name as the value. */
    async fill(...keys: readonly (string | Uint8Array)[]): Promise<void> {
      for (const key of keys) await fill(etcd, key)
    },
  }
}

export type KeysApi = Awaited<ReturnType<typeof openKeysApi>>

/** What an answer says of when a key was made and last changed, where both were this revision. */
export const madeAt = (revision: number, version = 1) => ({
  createdIndex: revision,
  modifiedIndex: revision,
  version,
})

async function fill(etcd: MemoryEtcdCluster, key: string | Uint8Array): Promise<void> {
  const bytes = typeof key === 'string' ? toUtf8(key) : key
  await etcd.put({ key: bytes, value: bytes, lease: 'keep' })
}

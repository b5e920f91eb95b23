import { httpCall } from '@etcdmonitor/rig/http-call'

/** What operations change of a cluster, by its members' own word. */
export interface Changes {
  /** Of each member, in their order. */
  readonly defragmentations: readonly number[]
  readonly compactRevision: readonly number[]
  readonly leaders: readonly string[]
  readonly alarms: number
}

export async function changesOf(endpoints: readonly string[]): Promise<Changes> {
  const pages = await Promise.all(endpoints.map((url) => httpCall({ url: `${url}/metrics` })))
  const read = (name: string) =>
    pages.map(({ body }) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(body)?.[1]))
  const ask = async (url: string, path: string, json: object): Promise<Record<string, unknown>> =>
    JSON.parse((await httpCall({ url: `${url}/v3/maintenance/${path}`, json })).body)
  const statuses = await Promise.all(endpoints.map((url) => ask(url, 'status', {})))
  const { alarms = [] } = await ask(endpoints[0] ?? '', 'alarm', { action: 'GET' })
  return {
    defragmentations: read('etcd_disk_backend_defrag_duration_seconds_count'),
    compactRevision: read('etcd_debugging_mvcc_compact_revision'),
    leaders: statuses.map(({ leader }) => String(leader)),
    alarms: (alarms as readonly unknown[]).length,
  }
}

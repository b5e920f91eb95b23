import type { DefragMark, EtcdMaintenance } from '@etcdmonitor/core/ports/etcd-cluster'

/** What the member's page says of its defragmentations. */
export const createDefragMark =
  (metricsPage: EtcdMaintenance['metricsPage']): EtcdMaintenance['defragMark'] =>
  async (id, options) => {
    const page = await metricsPage(id, options)
    return page instanceof Uint8Array ? readDefragMark(new TextDecoder().decode(page)) : undefined
  }

/** Of a page; `undefined` where it lacks one of the two. */
export function readDefragMark(page: string): DefragMark | undefined {
  const count = readNumber(page, 'etcd_disk_backend_defrag_duration_seconds_count')
  const processStart = readNumber(page, 'process_start_time_seconds')
  return count === undefined || processStart === undefined ? undefined : { count, processStart }
}

/** Of a line without labels, of which the page has one. */
function readNumber(page: string, name: string): number | undefined {
  const text = new RegExp(`^${name}(?:\\{\\})? (\\S+)`, 'm').exec(page)?.[1]
  const value = Number(text ?? Number.NaN)
  return Number.isFinite(value) ? value : undefined
}

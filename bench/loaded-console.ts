import { startConsole } from '../test/setup/console/console.ts'
import type { DataSet } from './data-set.ts'
import { loadStore } from './load-store.ts'

export interface RangeRequest {
  readonly member: string
  readonly names: readonly string[]
  /** Unix ms */
  readonly from: number
  readonly to: number
  readonly step: number
  readonly include?: string
}

export interface LoadedConsole extends AsyncDisposable {
  /** GET `/api/range` in columns, read to the end and parsed. @throws Error when it is no 200 */
  range(request: RangeRequest): Promise<unknown>
}

/** The API as a user runs it, without a collector, over a metrics file that holds the data set. etcd is away. */
export async function startLoadedConsole(data: DataSet): Promise<LoadedConsole> {
  const console = await startConsole({
    endpoints: ['http://127.0.0.1:1'],
    command: 'api',
    env: AS_BY_DEFAULT,
  })
  await loadStore(data, console.folder)
  await console.signIn()
  return {
    async range({ member, names, from, to, step, include }) {
      const times = { start: String(from / 1_000), end: String(to / 1_000), step: String(step / 1_000) }
      const what = { format: 'columns', metrics: names.join(','), member_id: member }
      const query = new URLSearchParams({ ...what, ...times, ...(include && { include }) })
      const { status, body } = await console.get(`/api/range?${query}`)
      if (status !== 200) throw new Error(`/api/range: ${status} ${JSON.stringify(body).slice(0, 300)}`)
      return body
    },
    [Symbol.asyncDispose]: () => console[Symbol.asyncDispose](),
  }
}

/** As by default, not as in tests. The interval decides what the parts of a window are. */
const AS_BY_DEFAULT = { ETCDMONITOR_LOG_LEVEL: 'info', ETCDMONITOR_COLLECTOR_INTERVAL: '30' }

import type { MetricUnit } from '@etcdmonitor/core/metrics/catalogue'
import type { Accessor } from 'solid-js'
import { type RangeAnswer, type RunAnswer, SHAPES } from '../../../api/answers.ts'
import { useClient } from '../../../api/client-context.ts'
import type { Problem } from '../../../api/problem.ts'
import { currentSession } from '../../../api/session.ts'
import { createProblem, createQuery } from '../../../primitives/create-query.ts'
import { toWindowData, type WindowData } from '../../range/window-data.ts'
import { useCluster } from '../../shell/cluster-state.ts'

/** Before a run and after it, ms: what is usual, and what came of it. */
const AROUND = 120_000
const FASTEST = 5_000
const DEFAULT_INTERVAL = 30

export type FigureName = 'dbSize' | 'walFsync' | 'requests'

export interface Figure {
  readonly name: FigureName
  readonly metric: string
  readonly unit: MetricUnit
}

const SIZE: Figure = { name: 'dbSize', metric: 'etcd_mvcc_db_total_size_in_bytes', unit: 'bytes' }
const OF_ALL: readonly Figure[] = [
  { name: 'walFsync', metric: 'etcd_disk_wal_fsync_duration_seconds_p99', unit: 'seconds' },
  { name: 'requests', metric: 'etcd_server_client_requests_total_rate', unit: 'per_second' },
]

/** What an operation does to the members: how slow their disks and how busy they are, and what becomes of the file. */
export const figuresOf = (operation: RunAnswer['operation']): readonly Figure[] =>
  operation === 'defragment' ? [SIZE, ...OF_ALL] : OF_ALL

export interface RunFigures {
  readonly data: Accessor<WindowData | undefined>
  readonly problem: Accessor<Problem | undefined>
  readonly retry: () => void
}

/** Samples of all members from before a run to after it; asked anew while there are newer ones to come. */
export function createRunFigures(run: Accessor<RunAnswer>): RunFigures {
  const client = useClient()
  const cluster = useCluster()
  const span = () => {
    const { started_at, finished_at } = run()
    const now = cluster.readNow()
    return {
      from: started_at * 1_000 - AROUND,
      to: finished_at === null ? now : Math.min(now, finished_at * 1_000 + AROUND),
    }
  }
  const isOpen = () => {
    const { finished_at } = run()
    return finished_at === null || cluster.now() < finished_at * 1_000 + AROUND
  }
  const period = () => Math.max(FASTEST, (cluster.status()?.collect_interval ?? DEFAULT_INTERVAL) * 1_000)
  const query = createQuery<WindowData>(() => {
    const { id, operation } = run()
    return {
      queryKey: ['run-figures', id],
      queryFn: async ({ signal }) => {
        const { from, to } = span()
        const window = { start: Math.floor(from / 1_000), end: Math.ceil(to / 1_000) }
        const asked = {
          member_id: 'all',
          metrics: figuresOf(operation)
            .map(({ metric }) => metric)
            .join(','),
          format: 'columns',
          include: 'stats',
          start: String(window.start),
          end: String(window.end),
        }
        const answer = await client.get<RangeAnswer>('range', asked, { shape: SHAPES.range, signal })
        return toWindowData(answer, { kind: 'fixed', ...window }, cluster.readNow())
      },
      enabled: currentSession() !== undefined,
      refetchInterval: isOpen() ? period() : false,
    }
  })
  return {
    data: () => query().data,
    problem: createProblem(query, () => run().id),
    retry: () => void query().refetch(),
  }
}

import { type Accessor, createMemo } from 'solid-js'
import { type CurrentAnswer, type RangeAnswer, SHAPES } from '../../api/answers.ts'
import { useClient } from '../../api/client-context.ts'
import type { Problem } from '../../api/problem.ts'
import { currentSession } from '../../api/session.ts'
import { createProblem, createQuery } from '../../primitives/create-query.ts'
import { toWindowData, type WindowData } from '../range/window-data.ts'
import { useCluster } from '../shell/cluster-state.ts'
import { createLeading } from '../since/leading.ts'
import type { UnbrokenRun } from '../since/unbroken-run.ts'
import { CURRENT_METRICS, SPARK_METRICS } from './row-metrics.ts'

const HOUR = { kind: 'last', range: '1h' } as const
const DEFAULT_INTERVAL = 30
const FASTEST = 10

/** What the page knows beyond the state of the cluster. */
export interface ClusterFigures {
  /** Newest values of all members. */
  readonly current: Accessor<CurrentAnswer | undefined>
  /** Of the last hour, for the small lines. */
  readonly hour: Accessor<WindowData | undefined>
  /** Why the newest values are missing. */
  readonly problem: Accessor<Problem | undefined>
  /** Of the member that leads now; undefined: none leads, or not known. */
  readonly leading: Accessor<UnbrokenRun | undefined>
  readonly retry: () => void
}

export function createClusterFigures(): ClusterFigures {
  const client = useClient()
  const cluster = useCluster()
  const isActive = () => currentSession() !== undefined
  const period = () => Math.max(FASTEST, cluster.status()?.collect_interval ?? DEFAULT_INTERVAL) * 1_000
  const currentQuery = createQuery<CurrentAnswer>(() => ({
    queryKey: ['current', 'cluster'],
    queryFn: ({ signal }) =>
      client.get(
        'current',
        { member_id: 'all', metrics: CURRENT_METRICS.join(',') },
        { shape: SHAPES.current, signal },
      ),
    enabled: isActive(),
    refetchInterval: period(),
  }))
  const hourQuery = createQuery<WindowData>(() => ({
    queryKey: ['range', 'cluster'],
    queryFn: async ({ signal }) => {
      const asked = { member_id: 'all', metrics: SPARK_METRICS.join(','), format: 'columns', range: '1h' }
      const answer = await client.get<RangeAnswer>(
        'range',
        { ...asked, include: 'stats' },
        { shape: SHAPES.range, signal },
      )
      return toWindowData(answer, HOUR, cluster.readNow())
    },
    enabled: isActive(),
    refetchInterval: period(),
  }))
  return {
    current: createMemo(() => currentQuery().data),
    hour: createMemo(() => hourQuery().data),
    problem: createProblem(currentQuery, () => 'current'),
    leading: createLeading(),
    retry: () => {
      void currentQuery().refetch()
      void hourQuery().refetch()
    },
  }
}

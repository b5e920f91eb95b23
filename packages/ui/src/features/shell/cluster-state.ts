import { type Accessor, createContext, createEffect, createMemo, on, useContext } from 'solid-js'
import { type CurrentAnswer, type EndpointAnswer, SHAPES, type StatusAnswer } from '../../api/answers.ts'
import { useClient } from '../../api/client-context.ts'
import type { Problem } from '../../api/problem.ts'
import { mayPass } from '../../api/query-client.ts'
import { currentSession } from '../../api/session.ts'
import { createNow } from '../../primitives/create-now.ts'
import { createProblem, createQuery } from '../../primitives/create-query.ts'
import { endpointState } from './health-model.ts'

const SLOWEST = 10_000
const SOON = 2_000
/** The server answers within 2 s whatever is down: one that takes longer than this hangs, ms. */
const PATIENCE = 8_000
const DEFAULT_INTERVAL = 10
/** What an answer may take, ms. */
const GRACE = 2_000
/** When a member was scraped comes with any metric: the smallest answer. */
const SCRAPED = 'collector_up'

/** What every page knows of the cluster. */
export interface ClusterState {
  /** The newest answer, kept while the console does not answer; undefined before the first. */
  readonly status: Accessor<StatusAnswer | undefined>
  /** Why there is no newer one. */
  readonly problem: Accessor<Problem | undefined>
  /** The server's clock, Unix ms: ages are right whatever the browser's says. `now` is told every second. */
  readonly now: Accessor<number>
  readonly readNow: () => number
  /** Of the newest answer, by the server's clock. */
  readonly seenAt: Accessor<number | undefined>
  /** The next answer is overdue: nothing is known of now. */
  readonly isOverdue: Accessor<boolean>
  /** When each member was scraped last. */
  readonly current: Accessor<CurrentAnswer | undefined>
  readonly refresh: () => void
}

export function createClusterState(): ClusterState {
  const client = useClient()
  const query = createQuery<StatusAnswer>(() => ({
    queryKey: ['cluster'],
    queryFn: ({ signal }) => client.get('status', {}, { shape: SHAPES.status, signal, timeout: PATIENCE }),
    retry: (failures, error) => failures < 1 && mayPass(error), // it is asked again soon anyhow
    enabled: currentSession() !== undefined,
    refetchInterval: (self) => periodOf(self.state.data),
    refetchOnWindowFocus: 'always',
  }))
  const status = createMemo(() => query().data)
  const currentQuery = createQuery<CurrentAnswer>(() => ({
    queryKey: ['current', SCRAPED],
    queryFn: ({ signal }) =>
      client.get('current', { member_id: 'all', metrics: SCRAPED }, { shape: SHAPES.current, signal }),
    enabled: currentSession() !== undefined,
    refetchInterval: intervalOf(status()),
    refetchOnWindowFocus: 'always',
  }))
  // a failure is told with the last scrape before it, which the newest answer may be too old to know
  const failing = createMemo(() =>
    (status()?.health.reasons ?? []).map(({ code, member_id }) => `${code} ${member_id}`).join(),
  )
  createEffect(on(failing, () => void currentQuery().refetch(), { defer: true }))
  // whole seconds on the wire: right to a second, as every age that is shown
  const ahead = createMemo(() => {
    const answer = query().data
    return answer ? answer.timestamp * 1_000 - query().dataUpdatedAt : 0
  })
  const browserNow = createNow(1_000)
  const isOverdue = createMemo(() => {
    const { data, dataUpdatedAt } = query()
    return data !== undefined && browserNow() - dataUpdatedAt > 2 * periodOf(data) + GRACE
  })
  return {
    status,
    problem: createProblem(query, () => 'cluster'),
    now: () => browserNow() + ahead(),
    readNow: () => Date.now() + ahead(),
    seenAt: createMemo(() => (query().data ? query().dataUpdatedAt + ahead() : undefined)),
    isOverdue,
    current: createMemo(() => currentQuery().data),
    refresh: () => {
      void query().refetch({ cancelRefetch: false })
      void currentQuery().refetch({ cancelRefetch: false })
    },
  }
}

/** Between two questions, ms: the end of the first probes is not waited for longer than they take. */
const periodOf = (status: StatusAnswer | undefined): number =>
  Math.min(status?.endpoints.some(isWaiting) ? SOON : SLOWEST, intervalOf(status))

const isWaiting = (endpoint: EndpointAnswer): boolean => endpointState(endpoint) === 'waiting'

const intervalOf = (status: StatusAnswer | undefined): number =>
  (status?.collect_interval ?? DEFAULT_INTERVAL) * 1_000

export const ClusterContext = createContext<ClusterState>()

export function useCluster(): ClusterState {
  const cluster = useContext(ClusterContext)
  if (!cluster) throw new Error('no ClusterContext around this component')
  return cluster
}

import { type Accessor, createEffect, on } from 'solid-js'
import { type RunAnswer, type RunsAnswer, SHAPES } from '../../api/answers.ts'
import { useClient } from '../../api/client-context.ts'
import { currentSession } from '../../api/session.ts'
import { createQuery } from '../../primitives/create-query.ts'
import type { MonitorWindow } from '../../url/monitor-url.ts'
import { spanOf } from '../range/window-data.ts'
import { useCluster } from '../shell/cluster-state.ts'
import { createOpsEnabled } from '../shell/create-ops-enabled.ts'
import { RUNNING_KEY } from '../shell/RunChip.tsx'

/** Whole windows change slowly; that a run begins or ends is told by the chip. */
const LOOK_EVERY = 60_000
const LIMIT = '50'

/** Operations that began in the window, newest first; none where they are switched off. */
export function createWindowRuns(window: Accessor<MonitorWindow>): Accessor<readonly RunAnswer[]> {
  const client = useClient()
  const cluster = useCluster()
  const isOpsEnabled = createOpsEnabled()
  const query = createQuery<RunsAnswer>(() => {
    const asked = window()
    return {
      queryKey: ['ops', 'runs', 'window', asked],
      queryFn: ({ signal }) => {
        const { from, to } = spanOf(asked, cluster.readNow())
        const span = { from: String(Math.floor(from / 1_000)), to: String(Math.ceil(to / 1_000) + 1) }
        return client.get('ops/runs', { ...span, limit: LIMIT }, { shape: SHAPES.runs, signal })
      },
      enabled: currentSession() !== undefined && isOpsEnabled() === true,
      refetchInterval: asked.kind === 'last' ? LOOK_EVERY : false,
    }
  })
  const running = createQuery<RunsAnswer>(() => ({ queryKey: RUNNING_KEY, enabled: false }))
  createEffect(
    on(
      () => running().data?.runs[0]?.id,
      () => {
        if (isOpsEnabled()) void query().refetch()
      },
      { defer: true },
    ),
  )
  return () => query().data?.runs ?? []
}

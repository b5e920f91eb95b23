import type { PanelSeries } from '@etcdmonitor/core/metrics/panels'
import { keepPreviousData } from '@tanstack/solid-query'
import type { Accessor } from 'solid-js'
import { currentSession } from '../../api/session.ts'
import { createQuery, type QueryResult } from '../../primitives/create-query.ts'
import type { MonitorState } from '../monitor/monitor-state.ts'
import { withBands } from '../range/band-need.ts'
import type { WindowData } from '../range/window-data.ts'

/** Key of all answers for panels: the page refreshes them together. */
export const RANGE_KEY = 'range'

/** The data of one panel, asked for while it is in sight; the old stays while something else is being fetched. */
export function createPanelQuery(
  state: MonitorState,
  metrics: Accessor<readonly string[]>,
  series: Accessor<readonly PanelSeries[]>,
  isVisible: Accessor<boolean>,
): Accessor<QueryResult<WindowData>> {
  return createQuery<WindowData>(() => {
    const scope = withBands(state.scope(), series())
    const names = metrics()
    return {
      queryKey: [RANGE_KEY, scope, names],
      queryFn: ({ signal }) => state.ask(scope, names, signal),
      enabled: isVisible() && state.isSettled() && currentSession() !== undefined,
      staleTime: state.period() ?? Number.POSITIVE_INFINITY,
      placeholderData: keepPreviousData,
      refetchOnWindowFocus: false, // the page's own clock asks on return
      structuralSharing: false,
    }
  })
}

import { PANELS, SECTIONS } from '@etcdmonitor/core/metrics/panels'
import { useQueryClient } from '@tanstack/solid-query'
import { For, Match, Show, Switch } from 'solid-js'
import { Failure } from '../../components/DataState.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { createPolling } from '../../primitives/create-polling.ts'
import { useCluster } from '../shell/cluster-state.ts'
import { EndpointsTable } from '../shell/EndpointsTable.tsx'
import { ChartPanel } from './ChartPanel.tsx'
import { MonitorToolbar } from './MonitorToolbar.tsx'
import { createMonitorState } from './monitor-state.ts'
import { RANGE_KEY } from './panel-query.ts'
import './MonitorPage.css'

export function MonitorPage() {
  const { monitor } = useMessages()
  const cluster = useCluster()
  const queries = useQueryClient()
  const state = createMonitorState()
  // all at once, so that one request serves all panels; one that is still under way is not asked again
  const refetchPanels = () =>
    void queries.refetchQueries({ queryKey: [RANGE_KEY], type: 'active' }, { cancelRefetch: false })
  createPolling(state.period, refetchPanels)
  const refresh = () => {
    refetchPanels()
    cluster.refresh()
  }

  const status = cluster.status
  const hasNothing = () => status()?.history.from === null && status()?.storage.metrics === 'ok'
  const wasNeverReached = () =>
    hasNothing() && status()?.members.length === 0 && status()?.endpoints.every(({ ok }) => !ok)
  const hasNoCollector = () => hasNothing() && status()?.collector.stale === true
  return (
    <>
      <MonitorToolbar state={state} onRefresh={refresh} />
      <Switch>
        <Match when={!status() && cluster.problem()}>
          {(problem) => (
            <div class="monitor-empty">
              <Failure problem={problem()} onRetry={cluster.refresh} />
            </div>
          )}
        </Match>
        <Match when={wasNeverReached()}>
          <div class="monitor-empty">
            <p>{monitor.neverReached(status()?.endpoints.length ?? 0)}</p>
            <EndpointsTable endpoints={status()?.endpoints ?? []} />
          </div>
        </Match>
        <Match when={hasNoCollector()}>
          <div class="monitor-empty">
            <p>{monitor.noCollector}</p>
          </div>
        </Match>
        <Match when={true}>
          <div class="monitor-sections">
            <div class="monitor-grid">
              <For each={SECTIONS}>
                {(section) => {
                  const panels = PANELS.filter((panel) => panel.section === section.id && panel.visible)
                  return (
                    <Show when={panels.length > 0}>
                      <section
                        class="monitor-section"
                        data-panels={Math.min(panels.length, 3)}
                        aria-labelledby={`section-${section.id}`}
                      >
                        <h2 id={`section-${section.id}`}>{section.title}</h2>
                        <div class="monitor-panels">
                          <For each={panels}>{(panel) => <ChartPanel panel={panel} state={state} />}</For>
                        </div>
                      </section>
                    </Show>
                  )
                }}
              </For>
            </div>
          </div>
        </Match>
      </Switch>
    </>
  )
}

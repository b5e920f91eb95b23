import { useQueryClient } from '@tanstack/solid-query'
import { createMemo, createSignal, Index, Match, Show, Switch } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { Failure } from '../../components/DataState.tsx'
import { currentPrefs } from '../../prefs.ts'
import { createPolling } from '../../primitives/create-polling.ts'
import { RANGE_KEY } from '../panels/panel-query.ts'
import { useCluster } from '../shell/cluster-state.ts'
import { MonitorSection } from './MonitorSection.tsx'
import { CURRENT_KEY, createMonitorState } from './monitor-state.ts'
import { shownSections } from './section-state.ts'
import './MonitorPage.css'

export function MonitorPage() {
  const cluster = useCluster()
  const queries = useQueryClient()
  const state = createMonitorState()
  // all at once, so that one request serves all panels; one that is still under way is not asked again
  const refetchPanels = () =>
    void queries.refetchQueries({ queryKey: [RANGE_KEY], type: 'active' }, { cancelRefetch: false })
  createPolling(state.period, refetchPanels)
  const refresh = () => {
    refetchPanels()
    void queries.refetchQueries({ queryKey: [CURRENT_KEY] }, { cancelRefetch: false })
    cluster.refresh()
  }

  const sections = createMemo(() =>
    shownSections(currentPrefs().monitor, state.layout(), state.further.module()?.panels ?? []),
  )
  const isEmpty = () => sections().every(({ isUsual, isFolded }) => !isUsual && isFolded)
  const [isChoosing, setChoosing] = createSignal(false)
  const choose = () => {
    state.further.want()
    setChoosing(true)
  }
  const status = cluster.status
  /** Nothing was ever stored, and that is not about to change. */
  const unknown = () => {
    const known = status()
    if (known?.history.from !== null || known.storage.metrics !== 'ok') return undefined
    const isUnreached = known.members.length === 0 && known.endpoints.every(({ ok }) => !ok)
    return isUnreached || known.collector.stale ? known : undefined
  }
  return (
    <>
      <div class="monitor-toolbar-place">
        <Show when={state.top.module()}>
          {(top) => (
            <Dynamic component={top().MonitorToolbar} state={state} onRefresh={refresh} onChoose={choose} />
          )}
        </Show>
      </div>
      <Switch>
        <Match when={!status() && cluster.problem()}>
          {(problem) => (
            <div class="monitor-empty">
              <Failure problem={problem()} onRetry={cluster.refresh} />
            </div>
          )}
        </Match>
        <Match when={unknown()}>
          {(known) => (
            <Show when={state.further.module()}>
              {(further) => <Dynamic component={further().MonitorEmpty} status={known()} />}
            </Show>
          )}
        </Match>
        <Match when={true}>
          <Show when={state.view().panel}>
            {(id) => (
              <Show when={state.further.module()}>
                {(further) => <Dynamic component={further().MaximisedPanel} id={id()} state={state} />}
              </Show>
            )}
          </Show>
          <div class="monitor-sections" hidden={state.view().panel !== undefined}>
            <div class="monitor-tiles-place">
              <Show when={state.isLayoutKnown() && state.top.module()}>
                {(top) => <Dynamic component={top().MonitorTiles} state={state} />}
              </Show>
            </div>
            <Show when={state.isLayoutKnown()}>
              <Show when={isEmpty() && state.further.module()}>
                {(further) => <Dynamic component={further().AllHidden} onChoose={choose} />}
              </Show>
              <div class="monitor-grid">
                <Index each={sections()}>
                  {(section) => <MonitorSection section={section()} state={state} />}
                </Index>
              </div>
            </Show>
          </div>
        </Match>
      </Switch>
      <Show when={isChoosing() && state.further.module()}>
        {(loaded) => (
          <Dynamic
            component={loaded().LayoutDialog}
            layout={state.layout()}
            onClose={() => setChoosing(false)}
          />
        )}
      </Show>
    </>
  )
}

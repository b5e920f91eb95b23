import type { Accessor } from 'solid-js'
import { changePrefs, currentPrefs, type Prefs } from '../../prefs.ts'
import {
  checkRange,
  type MonitorView,
  type MonitorWindow,
  parseMonitorUrl,
  printMonitorUrl,
  type Refresh,
} from '../../url/monitor-url.ts'
import { correctUrl, settleUrl } from './settle-url.ts'
import { createViewEntry } from './view-entry.ts'

export interface MonitorViewState {
  readonly view: Accessor<MonitorView>
  /** False until it is known what a bare URL stands for. */
  readonly isSettled: Accessor<boolean>
  readonly isZoomed: Accessor<boolean>
  showMember(member: string): void
  showRange(range: string): void
  showWindow(window: MonitorWindow): void
  setRefresh(refresh: Refresh): void
  pick(panel: string, metric: string | undefined): void
  zoomTo(window: MonitorWindow): void
  /** Lets a panel fill the page; undefined: all are shown again. `replace`: Back does not lead to what was before. */
  maximise(panel: string | undefined, options?: { readonly replace?: boolean }): void
  /** Where `maximise` leads, for a link. */
  panelUrl(panel: string): string
  /** Back to the window before the zooms; without zoom nothing. */
  resetZoom(): void
  goLive(): void
}

/** The page's state is its URL; every change is a navigation: one entry of the history where it should be returned to. */
export function createMonitorView(): MonitorViewState {
  const entry = createViewEntry()
  const { view, zoomedFrom, go, keep } = entry
  const remember = (choice: Partial<Prefs['monitor']>) =>
    changePrefs({ monitor: { ...currentPrefs().monitor, ...choice } })
  /** Of another window the step is not known to fit. */
  const inWindow = (window: MonitorWindow): MonitorView => {
    const { step: _, ...others } = view()
    return { ...others, window }
  }
  const showWindow = (window: MonitorWindow) => go(inWindow(window))
  correctUrl(entry)
  settleUrl(entry)
  return {
    view,
    isSettled: entry.isSettled,
    isZoomed: () => zoomedFrom() !== undefined,
    showMember(member) {
      remember({ member })
      go({ ...view(), member }, { zoomedFrom: zoomedFrom() })
    },
    showRange(range) {
      remember({ range })
      showWindow({ kind: 'last', range })
    },
    showWindow,
    setRefresh(refresh) {
      remember({ refresh: String(refresh) })
      keep({ refresh })
    },
    pick(panel, metric) {
      const others = [...view().picks].filter(([id]) => id !== panel)
      keep({ picks: new Map(metric === undefined ? others : [...others, [panel, metric]]) })
    },
    zoomTo: (window) => go(inWindow(window), { zoomedFrom: zoomedFrom() ?? printMonitorUrl(view()) }),
    maximise(panel, { replace = false } = {}) {
      const { panel: _, ...others } = view()
      go(panel === undefined ? others : { ...others, panel }, { replace, zoomedFrom: zoomedFrom() })
    },
    panelUrl: (panel) => `monitor${printMonitorUrl({ ...view(), panel })}`,
    resetZoom() {
      const from = zoomedFrom()
      if (from !== undefined) showWindow(parseMonitorUrl(from).view.window)
    },
    goLive() {
      showWindow({ kind: 'last', range: checkRange(currentPrefs().monitor.range ?? '') ?? '1h' })
    },
  }
}

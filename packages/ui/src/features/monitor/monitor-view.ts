import { useLocation, useNavigate } from '@solidjs/router'
import { type Accessor, createEffect, createMemo } from 'solid-js'
import { useToasts } from '../../components/toasts.ts'
import { useMessages } from '../../i18n/messages-context.ts'
import { changePrefs, currentPrefs } from '../../prefs.ts'
import {
  ALL_MEMBERS,
  checkRange,
  type MonitorView,
  type MonitorWindow,
  parseMember,
  parseMonitorUrl,
  parseRefresh,
  printMonitorUrl,
  type Refresh,
} from '../../url/monitor-url.ts'
import { useCluster } from '../shell/cluster-state.ts'
import { defaultRange } from '../window/default-range.ts'

/** In the history entry of a view: survives a reload, and belongs to that entry alone. */
interface EntryState {
  /** The URL says what is shown even when it says nothing: it is not to be filled in. */
  readonly settled?: boolean
  /** The window before the first of a series of zooms, as a URL. */
  readonly zoomedFrom?: string
}

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
  /** Lets a panel fill the page; undefined: all are shown again. */
  /** `replace`: Back does not lead to what was before. */
  maximise(panel: string | undefined, options?: { readonly replace?: boolean }): void
  /** Where `maximise` leads, for a link. */
  panelUrl(panel: string): string
  /** Back to the window before the zooms; without zoom nothing. */
  resetZoom(): void
  goLive(): void
}

/** The page's state is its URL; every change is a navigation: one entry of the history where it should be returned to. */
export function createMonitorView(): MonitorViewState {
  const location = useLocation<EntryState>()
  const navigate = useNavigate()
  const parsed = createMemo(() => parseMonitorUrl(location.search))
  const view = createMemo(() => parsed().view)
  const isSettled = createMemo(() => !parsed().isBare || location.state?.settled === true)

  const go = (next: MonitorView, { replace = false, zoomedFrom = '' } = {}) => {
    const state: EntryState = { settled: true, ...(zoomedFrom && { zoomedFrom }) }
    navigate(`/monitor${printMonitorUrl(next)}`, { replace, scroll: false, state })
  }
  const keep = (change: Partial<MonitorView>) =>
    go({ ...view(), ...change }, { replace: true, zoomedFrom: location.state?.zoomedFrom ?? '' })
  const showWindow = (window: MonitorWindow) => {
    const { step: _, ...others } = view()
    go({ ...others, window })
  }

  correctUrl()
  settle()
  return {
    view,
    isSettled,
    isZoomed: () => location.state?.zoomedFrom !== undefined,
    showMember(member) {
      changePrefs({ monitor: { ...currentPrefs().monitor, member } })
      go({ ...view(), member }, { zoomedFrom: location.state?.zoomedFrom ?? '' })
    },
    showRange(range) {
      changePrefs({ monitor: { ...currentPrefs().monitor, range } })
      showWindow({ kind: 'last', range })
    },
    showWindow,
    setRefresh(refresh) {
      changePrefs({ monitor: { ...currentPrefs().monitor, refresh: String(refresh) } })
      keep({ refresh })
    },
    pick(panel, metric) {
      const others = [...view().picks].filter(([id]) => id !== panel)
      keep({ picks: new Map(metric === undefined ? others : [...others, [panel, metric]]) })
    },
    zoomTo(window) {
      const { step: _, ...others } = view()
      const zoomedFrom = location.state?.zoomedFrom ?? `?${printMonitorUrl(view()).slice(1)}`
      go({ ...others, window }, { zoomedFrom })
    },
    maximise(panel, { replace = false } = {}) {
      const { panel: _, ...others } = view()
      go(panel === undefined ? others : { ...others, panel }, {
        replace,
        zoomedFrom: location.state?.zoomedFrom ?? '',
      })
    },
    panelUrl: (panel) => `monitor${printMonitorUrl({ ...view(), panel })}`,
    resetZoom() {
      const { zoomedFrom } = location.state ?? {}
      if (zoomedFrom !== undefined) showWindow(parseMonitorUrl(zoomedFrom).view.window)
    },
    goLive() {
      showWindow({ kind: 'last', range: checkRange(currentPrefs().monitor.range ?? '') ?? '1h' })
    },
  }

  /** Values that could not be used go out of the URL, and are named. */
  function correctUrl(): void {
    const toasts = useToasts()
    const { monitor } = useMessages()
    createEffect(() => {
      const { rejected, isBare } = parsed()
      for (const value of rejected) toasts.show(monitor.unusable(value))
      if (!isBare && printMonitorUrl(view()) !== location.search) keep({})
    })
  }

  /** A bare URL takes what this browser used last; the window of somebody who never chose one covers what there is. */
  function settle(): void {
    const { status, problem, readNow } = useCluster()
    createEffect(() => {
      if (isSettled() || (!status() && !problem())) return
      const { member, range, refresh } = currentPrefs().monitor
      const from = status()?.history.from ?? undefined
      const known = (id: string) => id === ALL_MEMBERS || status()?.members.some((one) => one.id === id)
      const lastMember = parseMember(member ?? '')
      const window =
        checkRange(range ?? '') ?? defaultRange(from === undefined ? undefined : from * 1_000, readNow())
      keep({
        member: lastMember && known(lastMember) ? lastMember : ALL_MEMBERS,
        window: { kind: 'last', range: window },
        refresh: parseRefresh(refresh ?? '') ?? 'auto',
      })
    })
  }
}

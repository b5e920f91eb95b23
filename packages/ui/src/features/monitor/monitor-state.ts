import { type Accessor, createMemo, createSignal, untrack } from 'solid-js'
import { type CurrentAnswer, type RunAnswer, SHAPES } from '../../api/answers.ts'
import { useClient } from '../../api/client-context.ts'
import { currentSession } from '../../api/session.ts'
import { createLazyLayer, type LazyLayer } from '../../primitives/create-lazy-layer.ts'
import { createQuery } from '../../primitives/create-query.ts'
import { ALL_MEMBERS } from '../../url/monitor-url.ts'
import { createLayoutState, type LayoutState } from '../layout/layout-query.ts'
import { RESTARTS } from '../lines/panel-mode.ts'
import { type AskRange, createRangeBatch, type RangeScope, SCRAPE_INTERVAL } from '../range/range-batch.ts'
import type { WindowData } from '../range/window-data.ts'
import { useCluster } from '../shell/cluster-state.ts'
import { refreshPeriod } from '../window/refresh-period.ts'
import type { Further } from './further.ts'
import type { MonitorTop } from './monitor-top.ts'
import { createMonitorView, type MonitorViewState } from './monitor-view.ts'

const DEFAULT_INTERVAL = 30
/** Asked with every window, for the card that counts them: no request of its own. */
const LEADER_CHANGES = 'etcd_server_leader_changes_seen_total_increase'
/** Key of the newest values of banner and cards. */
export const CURRENT_KEY = 'tiles'

interface Newest {
  readonly at: number
  readonly step: number
  readonly leaderChanges: number | undefined
}

/** What the panels of the page share. */
export interface MonitorState extends MonitorViewState, LayoutState {
  /** The panels that are hidden by default. */
  readonly further: LazyLayer<Further>
  /** `all` or an id: a cluster of one member has no other view than that member's. */
  readonly member: Accessor<string>
  /** What panels ask for besides their metrics; equal scopes are the same object. */
  readonly scope: Accessor<RangeScope>
  readonly ask: AskRange
  /** Toolbar, banner and cards. */
  readonly top: LazyLayer<MonitorTop>
  /** The newest values that banner and cards tell. */
  readonly current: Accessor<CurrentAnswer | undefined>
  /** Seconds between scrapes. */
  readonly interval: Accessor<number>
  /** Seconds between refreshes, were the choice `auto`. */
  readonly autoPeriod: Accessor<number>
  /** ms between refreshes; undefined = never. */
  readonly period: Accessor<number | undefined>
  /** In the window that is shown. */
  readonly leaderChanges: Accessor<number | undefined>
  /** Operations that began in the window that is shown. */
  readonly runs: Accessor<readonly RunAnswer[]>
  /** When the newest answer arrived, by the server's clock. */
  readonly answeredAt: Accessor<number | undefined>
}

export function createMonitorState(): MonitorState {
  const cluster = useCluster()
  const client = useClient()
  const viewState = createMonitorView()
  const { view } = viewState
  const [answer, setAnswer] = createSignal<Newest>()

  const members = createMemo(() => cluster.status()?.members ?? [])
  const interval = createMemo(() => cluster.status()?.collect_interval ?? DEFAULT_INTERVAL)
  const member = createMemo(() => {
    const [only, ...others] = members()
    return view().member === ALL_MEMBERS && only && others.length === 0 ? only.id : view().member
  })
  const memberCount = createMemo(() => (member() === ALL_MEMBERS ? Math.max(1, members().length) : 1))
  const readScope = (): RangeScope => {
    const { window, step } = view()
    const size = { interval: interval(), members: memberCount() }
    return { member: member(), window, ...(step !== undefined && { step }), ...size }
  }
  const isSame = (one: RangeScope, other: RangeScope) => JSON.stringify(one) === JSON.stringify(other)
  const scope = createMemo<RangeScope>(readScope, readScope(), { equals: isSame })
  const askBatch = createRangeBatch({ client, now: cluster.readNow, defer: (act) => setTimeout(act) })
  // a window that ends in the future still fills up
  const isOpen = createMemo(() => {
    const { window } = view()
    return window.kind === 'last' || window.end * 1_000 > cluster.now()
  })
  const step = () => (answer()?.step ?? interval() * 1_000) / 1_000
  const period = createMemo(() => {
    const seconds = isOpen() ? refreshPeriod(view().refresh, interval(), step()) : undefined
    return seconds === undefined ? undefined : seconds * 1_000
  })
  const further = createLazyLayer(async () => (await import('./further.ts')).further)
  const runs = createMemo(() => {
    const loaded = further.module()
    // once: what it reads when it begins must not begin it anew
    return loaded && untrack(() => loaded.createWindowRuns(() => view().window))
  })
  const top = createLazyLayer(async () => (await import('./monitor-top.ts')).monitorTop)
  top.want()
  const currentQuery = createQuery<CurrentAnswer>(() => {
    const metrics = top.module()?.metrics ?? ''
    const seconds = refreshPeriod(view().refresh, interval(), interval())
    return {
      queryKey: [CURRENT_KEY],
      queryFn: ({ signal }) =>
        client.get('current', { member_id: 'all', metrics }, { shape: SHAPES.current, signal }),
      enabled: metrics !== '' && currentSession() !== undefined,
      refetchInterval: seconds === undefined ? false : seconds * 1_000,
    }
  })
  return {
    ...viewState,
    ...createLayoutState(),
    top,
    current: createMemo(() => currentQuery().data),
    member,
    further,
    runs: () => runs()?.() ?? [],
    scope,
    ask: async (asked, names, signal) => {
      const data = await askBatch(asked, [...names, LEADER_CHANGES, RESTARTS, SCRAPE_INTERVAL], signal)
      setAnswer({ at: data.at, step: data.step, leaderChanges: leaderChangesOf(data) })
      return data
    },
    interval,
    autoPeriod: () => refreshPeriod('auto', interval(), step()) ?? interval(),
    period,
    answeredAt: () => answer()?.at,
    leaderChanges: () => answer()?.leaderChanges,
  }
}

/** Every member counts the same elections: the largest count, never their sum. */
function leaderChangesOf({ members }: WindowData): number | undefined {
  const counts = [...members.values()].flatMap(({ stats }) => stats.get(LEADER_CHANGES)?.avg ?? [])
  return counts.length === 0 ? undefined : Math.max(...counts)
}

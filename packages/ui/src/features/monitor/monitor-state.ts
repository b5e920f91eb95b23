import { type Accessor, createMemo, createSignal } from 'solid-js'
import { useClient } from '../../api/client-context.ts'
import { createLazyLayer, type LazyLayer } from '../../primitives/create-lazy-layer.ts'
import { ALL_MEMBERS } from '../../url/monitor-url.ts'
import { useCluster } from '../shell/cluster-state.ts'
import type { Further } from './further.ts'
import { createMonitorView, type MonitorViewState } from './monitor-view.ts'
import { type AskRange, createRangeBatch, type RangeScope } from './range-batch.ts'
import { refreshPeriod } from './refresh-period.ts'

const DEFAULT_INTERVAL = 30

/** What the panels of the page share. */
export interface MonitorState extends MonitorViewState {
  /** The panels that are hidden by default. */
  readonly further: LazyLayer<Further>
  /** `all` or an id: a cluster of one member has no other view than that member's. */
  readonly member: Accessor<string>
  /** What panels ask for besides their metrics; equal scopes are the same object. */
  readonly scope: Accessor<RangeScope>
  readonly ask: AskRange
  /** Seconds between scrapes. */
  readonly interval: Accessor<number>
  /** Seconds between refreshes, were the choice `auto`. */
  readonly autoPeriod: Accessor<number>
  /** ms between refreshes; undefined = never. */
  readonly period: Accessor<number | undefined>
  /** When the newest answer arrived, by the server's clock. */
  readonly answeredAt: Accessor<number | undefined>
}

export function createMonitorState(): MonitorState {
  const cluster = useCluster()
  const client = useClient()
  const viewState = createMonitorView()
  const { view } = viewState
  const [answer, setAnswer] = createSignal<{ readonly at: number; readonly step: number }>()

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
  return {
    ...viewState,
    member,
    further: createLazyLayer(async () => (await import('./further.ts')).further),
    scope,
    ask: async (asked, names, signal) => {
      const data = await askBatch(asked, names, signal)
      setAnswer({ at: data.at, step: data.step })
      return data
    },
    interval,
    autoPeriod: () => refreshPeriod('auto', interval(), step()) ?? interval(),
    period,
    answeredAt: () => answer()?.at,
  }
}

import { useLocation, useNavigate } from '@solidjs/router'
import { type Accessor, createMemo } from 'solid-js'
import { type MonitorView, type ParsedView, parseMonitorUrl, printMonitorUrl } from '../../url/monitor-url.ts'

/** In the history entry of a view: survives a reload, and belongs to that entry alone. */
interface EntryState {
  /** The URL says what is shown even when it says nothing: it is not to be filled in. */
  readonly settled?: boolean
  /** The window before the first of a series of zooms, as a URL. */
  readonly zoomedFrom?: string
}

/** The entry of the history that the page stands on. */
export interface ViewEntry {
  /** Of its URL, with the question mark; `''` for none. */
  readonly search: Accessor<string>
  readonly parsed: Accessor<ParsedView>
  readonly view: Accessor<MonitorView>
  /** False until it is known what a bare URL stands for. */
  readonly isSettled: Accessor<boolean>
  /** The window before the zooms, as a URL; undefined: not zoomed. */
  readonly zoomedFrom: Accessor<string | undefined>
  /** On to another entry; `replace`: Back does not lead to what was before. */
  go(
    next: MonitorView,
    options?: { readonly replace?: boolean; readonly zoomedFrom?: string | undefined },
  ): void
  /** Changes what the entry says, and stays on it. */
  keep(change: Partial<MonitorView>): void
}

export function createViewEntry(): ViewEntry {
  const location = useLocation<EntryState>()
  const navigate = useNavigate()
  const parsed = createMemo(() => parseMonitorUrl(location.search))
  const view = createMemo(() => parsed().view)
  const zoomedFrom = () => location.state?.zoomedFrom
  const go: ViewEntry['go'] = (next, options = {}) => {
    const { replace = false, zoomedFrom: from } = options
    const state: EntryState = { settled: true, ...(from !== undefined && { zoomedFrom: from }) }
    navigate(`/monitor${printMonitorUrl(next)}`, { replace, scroll: false, state })
  }
  return {
    search: () => location.search,
    parsed,
    view,
    isSettled: createMemo(() => !parsed().isBare || location.state?.settled === true),
    zoomedFrom,
    go,
    keep: (change) => go({ ...view(), ...change }, { replace: true, zoomedFrom: zoomedFrom() }),
  }
}

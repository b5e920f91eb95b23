import { useIsRouting } from '@solidjs/router'
import { createEffect } from 'solid-js'
import { useToasts } from '../../components/toasts.ts'
import { useMessages } from '../../i18n/messages-context.ts'
import { currentPrefs } from '../../prefs.ts'
import { ALL_MEMBERS, checkRange, parseMember, parseRefresh, printMonitorUrl } from '../../url/monitor-url.ts'
import { useCluster } from '../shell/cluster-state.ts'
import { defaultRange } from '../window/default-range.ts'
import type { ViewEntry } from './view-entry.ts'

/** Values that could not be used go out of the URL, and are named. */
export function correctUrl({ parsed, view, search, keep }: Omit<ViewEntry, 'go'>): void {
  const toasts = useToasts()
  const { monitor } = useMessages()
  createEffect(() => {
    const { rejected, isBare } = parsed()
    for (const value of rejected) toasts.show(monitor.unusable(value))
    if (!isBare && printMonitorUrl(view()) !== search()) keep({})
  })
}

/** A bare URL takes what this browser used last; the window of somebody who never chose one covers what there is. */
export function settleUrl({ isSettled, keep }: Pick<ViewEntry, 'isSettled' | 'keep'>): void {
  const { status, problem, readNow } = useCluster()
  const isRouting = useIsRouting()
  createEffect(() => {
    // whoever is on the way to another page, which is still being loaded, is not brought back
    if (isRouting() || isSettled() || (!status() && !problem())) return
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

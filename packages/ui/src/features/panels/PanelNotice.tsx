import { formatAge } from '@etcdmonitor/core/format/format-age'
import { formatInstant } from '@etcdmonitor/core/format/format-time'
import { Match, Switch } from 'solid-js'
import { describeProblem } from '../../api/describe-problem.ts'
import { Icon } from '../../components/Icon.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { useCluster } from '../shell/cluster-state.ts'
import { useReader } from '../shell/reader-context.ts'
import type { PanelState } from './panel-state.ts'

/** That what is drawn is old, and why. */
export function PanelNotice(props: { readonly said: PanelState }) {
  const messages = useMessages()
  const { now, readNow } = useCluster()
  const { zone } = useReader()
  const shown = () => (props.said.kind === 'shown' ? props.said : undefined)
  const time = (at: number) => formatInstant(at, { now: readNow(), zone: zone() })
  return (
    <Switch>
      <Match when={shown()?.failed}>
        {(failed) => (
          <span class="panel-notice" data-role="warn">
            <Icon name="warn" />
            {messages.panel.notUpdated(
              time(failed().since),
              describeProblem(failed().problem, messages).title,
            )}
          </span>
        )}
      </Match>
      <Match when={shown()?.staleSince}>
        {(since) => (
          <span class="panel-notice">
            <Icon name="stale" />
            {messages.panel.staleSince(time(since()), formatAge(now() - since()))}
          </span>
        )}
      </Match>
    </Switch>
  )
}

import { Show } from 'solid-js'
import type { StatusAnswer } from '../../api/answers.ts'
import { useMessages } from '../../i18n/messages-context.ts'
import { EndpointsTable } from '../shell/EndpointsTable.tsx'
import { endpointState } from '../shell/health-model.ts'

/** Instead of the charts of a cluster that nothing is known of: why that is so. */
export function MonitorEmpty(props: { readonly status: StatusAnswer }) {
  const { monitor } = useMessages()
  const isWaiting = () => props.status.endpoints.some((endpoint) => endpointState(endpoint) === 'waiting')
  return (
    <div class="monitor-empty">
      <Show when={wasNeverReached(props.status)} fallback={<p>{monitor.noCollector}</p>}>
        <p>{(isWaiting() ? monitor.waiting : monitor.neverReached)(props.status.endpoints.length)}</p>
        <EndpointsTable endpoints={props.status.endpoints} />
      </Show>
    </div>
  )
}

const wasNeverReached = ({ members, endpoints }: StatusAnswer): boolean =>
  members.length === 0 && endpoints.every(({ ok }) => !ok)

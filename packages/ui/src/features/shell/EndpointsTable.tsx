import { stageName } from '@etcdmonitor/core/etcd/stage-name'
import { formatAge } from '@etcdmonitor/core/format/format-age'
import { For } from 'solid-js'
import type { EndpointAnswer } from '../../api/answers.ts'
import { Icon } from '../../components/Icon.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { useCluster } from './cluster-state.ts'
import { endpointState } from './health-model.ts'
import './EndpointsTable.css'

/** The configured endpoints: how far each one was reached, and why no further. */
export function EndpointsTable(props: { readonly endpoints: readonly EndpointAnswer[] }) {
  const { health } = useMessages()
  const { now } = useCluster()
  // whole seconds on the wire
  const age = (at: number | null) =>
    at === null ? '-' : health.ago(formatAge(Math.max(1_000, now() - at * 1_000)))
  return (
    <div class="endpoints-table">
      <table>
        <caption class="visually-hidden">{health.endpoints}</caption>
        <thead>
          <tr>
            <th scope="col">{health.columns.endpoint}</th>
            <th scope="col">{health.columns.stage}</th>
            <th scope="col">{health.columns.error}</th>
            <th scope="col">{health.columns.checked}</th>
          </tr>
        </thead>
        <tbody>
          <For each={props.endpoints}>
            {(endpoint) => (
              <tr>
                <td>
                  <code translate="no">{endpoint.endpoint}</code>
                </td>
                <td>
                  <EndpointStage endpoint={endpoint} />
                </td>
                <td>{(endpointState(endpoint) === 'failed' && endpoint.error) || '-'}</td>
                <td>{age(endpoint.checked_at)}</td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  )
}

const MARKS = { ready: 'ok', waiting: 'stale', failed: 'crit' } as const

function EndpointStage(props: { readonly endpoint: EndpointAnswer }) {
  const { health } = useMessages()
  const state = () => endpointState(props.endpoint)
  const text = () => {
    const is = state()
    return is === 'failed' ? stageName(props.endpoint) : health.endpointStates[is]
  }
  return (
    <span class="endpoint-stage" data-state={state()}>
      <Icon name={MARKS[state()]} />
      {text()}
    </span>
  )
}

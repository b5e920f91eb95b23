import { formatAge } from '@etcdmonitor/core/format/format-age'
import { For, Show } from 'solid-js'
import type { EndpointAnswer } from '../../api/answers.ts'
import { Icon } from '../../components/Icon.tsx'
import { useCluster } from '../shell/cluster-state.ts'
import { endpointState } from '../shell/health-model.ts'
import { adviceOf } from './advice.ts'
import { STAGES, type StageMark, stageMarks } from './stage-marks.ts'
import { texts } from './texts.ts'

const ICONS: Readonly<Partial<Record<StageMark, 'ok' | 'warn' | 'crit' | 'stale'>>> = {
  passed: 'ok',
  limited: 'warn',
  failed: 'crit',
  waiting: 'stale',
}

/** Every configured endpoint, stage by stage: where it fails, why, and what to do. */
export function EndpointStages(props: {
  readonly endpoints: readonly EndpointAnswer[]
  /** Our etcd user is known to lack the root role. */
  readonly isLimited: boolean
}) {
  return (
    <div class="diagnostics-scroll">
      <table class="diagnostics-stages">
        <caption class="visually-hidden">{texts.endpoints}</caption>
        <thead>
          <tr>
            <th scope="col">{texts.endpoint}</th>
            <For each={STAGES}>{(stage) => <th scope="col">{texts.stages[stage]}</th>}</For>
            <th scope="col">{texts.latency}</th>
            <th scope="col">{texts.checked}</th>
          </tr>
        </thead>
        <For each={props.endpoints.map(({ endpoint }) => endpoint)}>
          {(url) => (
            <Show when={props.endpoints.find(({ endpoint }) => endpoint === url)}>
              {(endpoint) => <EndpointRows endpoint={endpoint()} isLimited={props.isLimited} />}
            </Show>
          )}
        </For>
      </table>
    </div>
  )
}

const COLUMNS = STAGES.length + 3

function EndpointRows(props: { readonly endpoint: EndpointAnswer; readonly isLimited: boolean }) {
  const { now } = useCluster()
  const marks = () => stageMarks(props.endpoint, props.isLimited)
  const hasFailed = () => endpointState(props.endpoint) === 'failed'
  const role = () => texts.roles(props.endpoint.role)
  const stageName = () => {
    const { endpoint, stage } = props.endpoint
    return stage === 'tls' && endpoint.startsWith('http:') ? texts.firstAnswer : texts.stages[stage]
  }
  const checked = () => {
    const at = props.endpoint.checked_at
    return at === null ? '-' : texts.ago(formatAge(Math.max(1_000, now() - at * 1_000)))
  }
  return (
    <tbody>
      <tr>
        <th scope="row">
          <code translate="no">{props.endpoint.endpoint}</code>
        </th>
        <For each={STAGES}>{(stage) => <StageCell mark={marks()[stage]} />}</For>
        <td>{props.endpoint.latency_ms === null ? '-' : `${props.endpoint.latency_ms} ms`}</td>
        <td>{checked()}</td>
      </tr>
      <Show when={hasFailed() || role()}>
        <tr class="diagnostics-why">
          <td colSpan={COLUMNS}>
            <div>
              <Show when={hasFailed()}>
                <p>
                  {stageName()}: {props.endpoint.error}
                </p>
                <Show when={adviceOf(props.endpoint)}>
                  {(advice) => (
                    <p>
                      <strong>{texts.whatToDo}</strong> {advice()}
                    </p>
                  )}
                </Show>
              </Show>
              <Show when={role()}>{(text) => <p>{text()}</p>}</Show>
            </div>
          </td>
        </tr>
      </Show>
    </tbody>
  )
}

function StageCell(props: { readonly mark: StageMark }) {
  return (
    <td class="diagnostics-stage" data-mark={props.mark} title={texts.marks[props.mark]}>
      <Show when={ICONS[props.mark]} fallback={<span aria-hidden="true">-</span>}>
        {(name) => <Icon name={name()} />}
      </Show>
      <span class="visually-hidden">{texts.marks[props.mark]}</span>
    </td>
  )
}

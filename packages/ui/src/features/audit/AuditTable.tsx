import { formatAge } from '@etcdmonitor/core/format/format-age'
import { formatFullInstant, formatInstant } from '@etcdmonitor/core/format/format-time'
import { showUnsafeText } from '@etcdmonitor/core/format/show-unsafe-text'
import { A } from '@solidjs/router'
import { createSignal, For, Show } from 'solid-js'
import type { AuditEntryAnswer } from '../../api/answers.ts'
import { Icon, type IconName } from '../../components/Icon.tsx'
import { useAuditMessages } from '../../i18n/audit-messages-context.ts'
import { operationsHref } from '../../url/operations-url.ts'
import { useCluster } from '../shell/cluster-state.ts'
import { useReader } from '../shell/reader-context.ts'
import { describeParams } from './describe-params.ts'
import './AuditTable.css'

const MARKS: Readonly<Record<AuditEntryAnswer['outcome'], IconName>> = {
  succeeded: 'ok',
  failed: 'crit',
  refused: 'crit',
  unknown: 'unknown',
  interrupted: 'warn',
  pending: 'refresh',
}

/** In the server's order. A row opens to everything that is known of its entry. */
export function AuditTable(props: { readonly entries: readonly AuditEntryAnswer[] }) {
  const { audit } = useAuditMessages()
  return (
    <table class="audit-table">
      <caption class="visually-hidden">{audit.table}</caption>
      <thead>
        <tr>
          <th scope="col">{audit.columns.time}</th>
          <th scope="col">{audit.columns.user}</th>
          <th scope="col">{audit.columns.operation}</th>
          <th scope="col">{audit.columns.target}</th>
          <th scope="col">{audit.columns.result}</th>
          <th scope="col" class="audit-number">
            {audit.columns.duration}
          </th>
          <th scope="col">{audit.columns.address}</th>
        </tr>
      </thead>
      <tbody>
        <For each={props.entries}>{(entry) => <EntryRows entry={entry} />}</For>
      </tbody>
    </table>
  )
}

function EntryRows(props: { readonly entry: AuditEntryAnswer }) {
  const { audit } = useAuditMessages()
  const { readNow } = useCluster()
  const { zone } = useReader()
  const [isOpen, setOpen] = createSignal(false)
  const entry = () => props.entry
  const at = () => entry().timestamp * 1_000
  return (
    <>
      <tr>
        <td>
          <button
            type="button"
            class="audit-toggle"
            aria-expanded={isOpen()}
            aria-label={`${formatFullInstant(at(), zone())}. ${audit.showDetails(audit.operation(entry().operation))}`}
            onClick={() => setOpen(!isOpen())}
          >
            <span class="audit-toggle-icon">
              <Icon name="down" />
            </span>
            {formatInstant(at(), { now: readNow(), zone: zone() })}
          </button>
        </td>
        <td translate="no">
          <bdi>{showUnsafeText(entry().username)}</bdi>
        </td>
        <td>{audit.operation(entry().operation)}</td>
        <td translate="no">
          <bdi class="audit-target">{showUnsafeText(entry().target)}</bdi>
        </td>
        <td>
          <span class="audit-outcome" data-outcome={entry().outcome}>
            <Icon name={MARKS[entry().outcome]} />
            {audit.outcomes[entry().outcome]}
            <Show when={entry().count > 1}>{` × ${entry().count}`}</Show>
          </span>
          <Show when={!entry().success && entry().code}>
            {(code) => <code class="audit-code">{code()}</code>}
          </Show>
        </td>
        <td class="audit-number">{entry().outcome === 'pending' ? '-' : formatAge(entry().duration_ms)}</td>
        <td translate="no">{showUnsafeText(entry().address)}</td>
      </tr>
      <Show when={isOpen()}>
        <tr class="audit-details">
          <td colSpan={7}>
            <EntryDetails entry={entry()} />
          </td>
        </tr>
      </Show>
    </>
  )
}

function EntryDetails(props: { readonly entry: AuditEntryAnswer }) {
  const { audit } = useAuditMessages()
  const { zone } = useReader()
  const rows = (): readonly (readonly [name: string, value: string, href?: string])[] => {
    const { details } = audit
    const at = (seconds: number) => formatFullInstant(seconds * 1_000, zone())
    const { timestamp, result, params, code, request_id, run_id, cluster_id, count, id } = props.entry
    const all = [
      [details.time, at(timestamp)],
      [details.result, result],
      [details.code, code],
      ...describeParams(params, at).map(([name, value]) => [`${details.params}: ${name}`, value] as const),
      [details.count, count > 1 ? String(count) : ''],
      [details.request, request_id],
      [details.run, run_id, operationsHref({ task: 'runs', run: run_id })],
      [details.cluster, cluster_id],
      [details.id, String(id)],
    ] as const
    return all.filter(([, value]) => value !== '')
  }
  return (
    <dl>
      <For each={rows()}>
        {([name, value, href]) => (
          <>
            <dt>{showUnsafeText(name)}</dt>
            <dd translate="no">
              <Show when={href} fallback={<bdi>{showUnsafeText(value)}</bdi>}>
                {(to) => <A href={to()}>{value}</A>}
              </Show>
            </dd>
          </>
        )}
      </For>
    </dl>
  )
}

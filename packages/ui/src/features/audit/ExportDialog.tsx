import { formatInstant } from '@etcdmonitor/core/format/format-time'
import { formatValue } from '@etcdmonitor/core/format/format-value'
import { createSignal, Match, onCleanup, Switch } from 'solid-js'
import { isProblem } from '../../api/client.ts'
import { useClient } from '../../api/client-context.ts'
import { describeProblem } from '../../api/describe-problem.ts'
import type { Problem } from '../../api/problem.ts'
import { Button } from '../../components/Button.tsx'
import { Dialog } from '../../components/Dialog.tsx'
import { useAuditMessages } from '../../i18n/audit-messages-context.ts'
import { type AuditFilter, toQuery } from '../../url/operations-url.ts'
import { useCluster } from '../shell/cluster-state.ts'
import { useReader } from '../shell/reader-context.ts'
import { exportName, saveFile } from './save-file.ts'

/** The server's own export of everything that matches, fetched with the session and saved as a file when it is whole. */
export function ExportDialog(props: { readonly filter: AuditFilter; readonly onClose: () => void }) {
  const messages = useAuditMessages()
  const { audit } = messages
  const client = useClient()
  const { readNow } = useCluster()
  const { zone } = useReader()
  const [state, setState] = createSignal<'asked' | 'running' | 'saved' | 'failed'>('asked')
  const [bytes, setBytes] = createSignal(0)
  const [problem, setProblem] = createSignal<Problem>()
  const abort = new AbortController()
  onCleanup(() => abort.abort())

  const filterText = () => {
    const { operation, username, q, success, from, to } = props.filter
    const time = (seconds: number) => formatInstant(seconds * 1_000, { now: readNow(), zone: zone() })
    const { filters } = audit
    const parts = [
      operation && `${filters.operation}: ${audit.operation(operation)}`,
      username && `${filters.user}: ${username}`,
      q && `${filters.text}: ${q}`,
      success !== undefined && (success ? audit.succeeded : audit.notSucceeded),
      from !== undefined && `${filters.from} ${time(from)}`,
      to !== undefined && `${filters.to} ${time(to)}`,
    ]
    return parts.filter(Boolean).join(', ') || audit.exportAll
  }
  const run = async () => {
    setState('running')
    setProblem(undefined)
    setBytes(0)
    try {
      const file = await client.download('ops/audit-logs/export', toQuery(props.filter), {
        signal: abort.signal,
        onBytes: setBytes,
      })
      saveFile(file, exportName(readNow()))
      setState('saved')
    } catch (failure) {
      if (abort.signal.aborted) return
      if (!isProblem(failure)) throw failure
      setProblem(failure)
      setState('failed')
    }
  }
  const size = () => formatValue('bytes', bytes())
  /** Of a transfer that had begun it is known that it is not whole. */
  const failure = () => {
    const why = problem()
    if (!why) return ''
    const { title, detail } = describeProblem(why, messages)
    return `${bytes() > 0 ? `${audit.incomplete} ` : ''}${title}. ${detail}`.trim()
  }
  return (
    <Dialog title={audit.exportCsv} onClose={props.onClose}>
      <p class="dialog-text">{audit.exportText(filterText())}</p>
      <p class="dialog-text">{audit.exportOpening}</p>
      <p class="audit-export-state" role="status">
        <Switch>
          <Match when={state() === 'running'}>{audit.received(size())}</Match>
          <Match when={state() === 'saved'}>{audit.saved(size())}</Match>
          <Match when={state() === 'failed'}>{failure()}</Match>
        </Switch>
      </p>
      <div class="dialog-actions">
        <Button onClick={() => props.onClose()}>{state() === 'saved' ? audit.close : audit.cancel}</Button>
        <Button
          kind="primary"
          disabled={state() === 'running' || state() === 'saved'}
          onClick={() => void run()}
        >
          {state() === 'failed' ? messages.dataState.tryAgain : audit.start}
        </Button>
      </div>
    </Dialog>
  )
}

import { useLocation, useNavigate } from '@solidjs/router'
import { createEffect, createMemo, createSignal, Show } from 'solid-js'
import { Button } from '../../components/Button.tsx'
import { DataState } from '../../components/DataState.tsx'
import { Page } from '../../components/Page.tsx'
import { useToasts } from '../../components/toasts.ts'
import { useAuditMessages } from '../../i18n/audit-messages-context.ts'
import {
  type AuditFilter,
  operationsHref,
  type ParsedOperations,
  parseOperationsUrl,
  printOperationsUrl,
  toQuery,
} from '../../url/operations-url.ts'
import { AuditFilters } from './AuditFilters.tsx'
import { AuditTable } from './AuditTable.tsx'
import { createAuditPages } from './audit-query.ts'
import { ExportDialog } from './ExportDialog.tsx'
import { isOperation } from './operation-groups.ts'
import './AuditLog.css'

/** Who did what, and how it ended. The filter is in the URL. */
export function AuditLog() {
  const { audit, monitor, pages } = useAuditMessages()
  const location = useLocation()
  const navigate = useNavigate()
  const toasts = useToasts()
  const parsed = createMemo(() => refuseUnknown(parseOperationsUrl(location.search)))
  const filter = createMemo(() => parsed().view.filter, {}, { equals: isSame })
  const log = createAuditPages(filter)
  const [isExporting, setExporting] = createSignal(false)
  const go = (next: AuditFilter, replace = false) =>
    navigate(operationsHref({ task: 'audit', filter: next }), { replace, scroll: false })
  createEffect(() => {
    for (const value of parsed().rejected) toasts.show(monitor.unusable(value))
    if (printOperationsUrl({ task: 'audit', filter: filter() }) !== location.search) go(filter(), true)
  })
  const entries = () => log.page()?.entries ?? []
  const isFiltered = () => Object.keys(filter()).length > 0
  const total = () => {
    const count = log.page()?.total
    return count === undefined ? '' : audit.total(count)
  }
  return (
    <div class="audit-page">
      <header class="audit-head">
        <Page title={`${pages.operations}: ${audit.title}`} />
        <span class="audit-note">{total()}</span>
        <Button onClick={() => setExporting(true)}>{audit.exportCsv}</Button>
      </header>
      <AuditFilters filter={filter()} onApply={(next) => go(next)} />
      <Show when={log.newer() > 0}>
        <Button class="audit-newer" onClick={log.showNewest}>
          {audit.newer(log.newer())}
        </Button>
      </Show>
      <div class="audit-place">
        <DataState
          isLoading={log.isLoading() && !log.problem()}
          problem={log.page() ? undefined : log.problem()}
          onRetry={log.retry}
          empty={
            log.page() && entries().length === 0 && <p>{isFiltered() ? audit.emptyFiltered : audit.empty}</p>
          }
        >
          <Show when={entries().length > 0}>
            <div class="audit-scroll">
              <AuditTable entries={entries()} />
            </div>
          </Show>
        </DataState>
      </div>
      <nav class="audit-paging" aria-label={audit.title}>
        <Button disabled={log.isNewest()} onClick={log.showNewest}>
          {audit.newest}
        </Button>
        <Button disabled={!log.page()?.next_cursor} onClick={log.showOlder}>
          {audit.older}
        </Button>
      </nav>
      <Show when={isExporting()}>
        <ExportDialog filter={filter()} onClose={() => setExporting(false)} />
      </Show>
    </div>
  )
}

/** What the log has no name for would be refused as a whole. */
function refuseUnknown({ view, rejected }: ParsedOperations): ParsedOperations {
  const { operation, ...filter } = view.filter
  if (operation === undefined || isOperation(operation)) return { view, rejected }
  return { view: { ...view, filter }, rejected: [...rejected, `operation=${operation}`] }
}

const isSame = (one: AuditFilter, other: AuditFilter) =>
  JSON.stringify(toQuery(one)) === JSON.stringify(toQuery(other))

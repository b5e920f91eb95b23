import { formatAge } from '@etcdmonitor/core/format/format-age'
import { createSignal, Show } from 'solid-js'
import { Button } from '../../components/Button.tsx'
import { Checkbox } from '../../components/Checkbox.tsx'
import { copyText } from '../../components/copy-text.ts'
import { DataState } from '../../components/DataState.tsx'
import { Page } from '../../components/Page.tsx'
import { TextPanel } from '../../components/TextPanel.tsx'
import { useToasts } from '../../components/toasts.ts'
import { useMessages } from '../../i18n/messages-context.ts'
import { createPolling } from '../../primitives/create-polling.ts'
import { useCluster } from '../shell/cluster-state.ts'
import { CheckList } from './CheckList.tsx'
import { clockCheck, clusterChecks, consoleChecks, scrapeChecks } from './checks.ts'
import { EndpointStages } from './EndpointStages.tsx'
import { createLimitedUser } from './limited-user.ts'
import { printReport } from './report.ts'
import { texts } from './texts.ts'
import './DiagnosticsPage.css'

const LOOK_EVERY = 5_000

/** Where the way from here to etcd breaks, and what of the console itself is not well. Also while everything of etcd is down. */
export function DiagnosticsPage() {
  const { pages } = useMessages()
  const cluster = useCluster()
  const toasts = useToasts()
  const [hidesNames, setHidesNames] = createSignal(true)
  createPolling(() => LOOK_EVERY, cluster.refresh)
  const limitedUser = createLimitedUser()
  const ahead = () => cluster.readNow() - Date.now()
  const copyReport = async () => {
    const status = cluster.status()
    if (!status) return
    const report = printReport({
      ...{ status, ahead: ahead(), hidesNames: hidesNames() },
      lacksRoot: limitedUser() !== undefined,
    })
    toasts.show((await copyText(report)) ? texts.reportCopied : texts.reportByHand)
  }
  return (
    <div class="diagnostics-page">
      <header class="diagnostics-head">
        <Page title={pages.diagnostics} />
        <span class="diagnostics-age">
          <Show when={cluster.seenAt()}>
            {(at) => texts.checkedAgo(formatAge(Math.max(1_000, cluster.now() - at())))}
          </Show>
        </span>
        <Checkbox
          label={texts.hideNames}
          isChecked={hidesNames()}
          onChange={() => setHidesNames(!hidesNames())}
        />
        <Button disabled={!cluster.status()} onClick={() => void copyReport()}>
          {texts.copyReport}
        </Button>
      </header>
      <DataState
        isLoading={!cluster.status() && !cluster.problem()}
        problem={cluster.status() ? undefined : cluster.problem()}
        onRetry={cluster.refresh}
      >
        <Show when={cluster.status()}>
          {(status) => {
            const facts = () => ({ status: status(), current: cluster.current(), now: cluster.now() })
            return (
              <>
                <TextPanel title={texts.endpoints}>
                  <Show when={status().endpoints.length > 0} fallback={<p>{texts.noEndpoints}</p>}>
                    <EndpointStages endpoints={status().endpoints} isLimited={limitedUser() !== undefined} />
                  </Show>
                  <Show when={limitedUser()}>
                    {(user) => (
                      <div class="diagnostics-limited">
                        <p>{texts.limitedUser(user())}</p>
                        <p>
                          <strong>{texts.whatToDo}</strong> {texts.limitedUserAdvice}
                        </p>
                      </div>
                    )}
                  </Show>
                </TextPanel>
                <div class="diagnostics-panels">
                  <CheckList title={texts.console} checks={consoleChecks(facts(), texts)} />
                  <CheckList title={texts.scrapes} checks={scrapeChecks(facts(), texts)} />
                  <CheckList title={texts.cluster} checks={clusterChecks(facts(), texts)} />
                  <CheckList title={texts.clocks} checks={[clockCheck(ahead(), texts)]} />
                </div>
              </>
            )
          }}
        </Show>
      </DataState>
    </div>
  )
}

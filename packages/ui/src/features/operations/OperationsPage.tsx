import { useLocation } from '@solidjs/router'
import { createMemo, Match, Show, Switch } from 'solid-js'
import { Page } from '../../components/Page.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { parseOperationsUrl } from '../../url/operations-url.ts'
import { AuditLog } from '../audit/AuditLog.tsx'
import { useCluster } from '../shell/cluster-state.ts'
import { createOpsEnabled } from '../shell/create-ops-enabled.ts'
import { RunPage } from './run/RunPage.tsx'
import { RunsTask } from './runs/RunsTask.tsx'
import { TaskList } from './TaskList.tsx'
import { AlarmsTask } from './tasks/AlarmsTask.tsx'
import { CompactTask } from './tasks/CompactTask.tsx'
import { DefragmentTask } from './tasks/DefragmentTask.tsx'
import { HashTask } from './tasks/HashTask.tsx'
import { MoveLeaderTask } from './tasks/MoveLeaderTask.tsx'
import { OverviewTask } from './tasks/OverviewTask.tsx'
import { SnapshotTask } from './tasks/SnapshotTask.tsx'
import { texts } from './texts.ts'
import './OperationsPage.css'

/** What can be done with the cluster, what was done, and what runs now; unless the server is known to refuse it all. */
export function OperationsPage() {
  const { pages } = useMessages()
  const isOpsEnabled = createOpsEnabled()
  return (
    <Show when={isOpsEnabled() === false} fallback={<Operations />}>
      <div class="operations-off">
        <Page title={pages.operations} />
        <p>
          {texts.disabled} {texts.disabledAdvice} <code>etcdmonitor audit-export</code>
        </p>
      </div>
    </Show>
  )
}

function Operations() {
  const { pages } = useMessages()
  const location = useLocation()
  const { status } = useCluster()
  const view = createMemo(() => parseOperationsUrl(location.search).view)
  const task = createMemo(() => view().task)
  const run = createMemo(() => view().run)
  /** What the form begins with: another link to it begins it anew. */
  const begin = createMemo(
    () => {
      const { member, members, least } = view()
      return { members: members ?? (member === undefined ? undefined : [member]), least }
    },
    undefined,
    { equals: (one, other) => JSON.stringify(one) === JSON.stringify(other) },
  )
  const hasAlarm = () =>
    (status()?.health.reasons ?? []).some(({ code }) => code === 'alarm_nospace' || code === 'alarm_corrupt')
  return (
    <div class="operations-page">
      <TaskList task={task()} hasAlarm={hasAlarm()} />
      <div class="operations-content">
        <Show
          when={run()}
          keyed
          fallback={
            <Show when={task() !== 'audit'} fallback={<AuditLog /* its heading is its own */ />}>
              <Page title={`${pages.operations}: ${texts.tasks[task()]}`} />
              <Switch>
                <Match when={task() === 'overview'}>
                  <OverviewTask />
                </Match>
                <Match when={task() === 'runs'}>
                  <RunsTask />
                </Match>
                <Match when={task() === 'defragment' && begin()} keyed>
                  {(from) => <DefragmentTask {...from} />}
                </Match>
                <Match when={task() === 'snapshot'}>
                  <SnapshotTask member={view().member} />
                </Match>
                <Match when={task() === 'alarms'}>
                  <AlarmsTask />
                </Match>
                <Match when={task() === 'move-leader'}>
                  <MoveLeaderTask member={view().member} />
                </Match>
                <Match when={task() === 'hashkv'}>
                  <HashTask />
                </Match>
                <Match when={task() === 'compact'}>
                  <CompactTask />
                </Match>
              </Switch>
            </Show>
          }
        >
          {(id) => <RunPage id={id} />}
        </Show>
      </div>
    </div>
  )
}

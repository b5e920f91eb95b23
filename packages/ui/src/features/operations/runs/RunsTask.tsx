import { formatAge } from '@etcdmonitor/core/format/format-age'
import { formatInstant } from '@etcdmonitor/core/format/format-time'
import { OPERATIONS, RUN_STATES } from '@etcdmonitor/core/ports/run-store'
import { A } from '@solidjs/router'
import { createSignal, For, Show } from 'solid-js'
import type { RunAnswer } from '../../../api/answers.ts'
import { Button } from '../../../components/Button.tsx'
import { DataState } from '../../../components/DataState.tsx'
import { Select } from '../../../components/Select.tsx'
import { operationsHref } from '../../../url/operations-url.ts'
import { useCluster } from '../../shell/cluster-state.ts'
import { memberName } from '../../shell/health-model.ts'
import { useReader } from '../../shell/reader-context.ts'
import { runMark } from '../run/run-marks.ts'
import { runTitle } from '../run/run-text.ts'
import { StateMark } from '../run/StateMark.tsx'
import { texts } from '../texts.ts'
import { createRunsPage } from './runs-query.ts'
import '../SimpleTable.css'

/** What was done, newest first. */
export function RunsTask() {
  const [operation, setOperation] = createSignal('')
  const [state, setState] = createSignal('')
  const filter = () => ({ operation: operation() || undefined, state: state() || undefined })
  const runs = createRunsPage(filter)
  const list = () => runs.page()?.runs ?? []
  return (
    <>
      <div class="operations-filters">
        <Select
          label={texts.runs.operation}
          value={operation()}
          options={[
            { value: '', text: texts.runs.allOperations },
            ...OPERATIONS.map((value) => ({ value, text: texts.operations[value] })),
          ]}
          onChange={setOperation}
        />
        <Select
          label={texts.runs.state}
          value={state()}
          options={[
            { value: '', text: texts.runs.allStates },
            ...RUN_STATES.map((value) => ({ value, text: texts.states[value] })),
          ]}
          onChange={setState}
        />
      </div>
      <div class="operations-place">
        <DataState
          isLoading={runs.isLoading() && !runs.problem()}
          problem={runs.page() ? undefined : runs.problem()}
          onRetry={runs.retry}
          empty={
            runs.page() &&
            list().length === 0 && <p>{operation() || state() ? texts.runs.noneFound : texts.runs.none}</p>
          }
        >
          <Show when={list().length > 0}>
            <RunsTable runs={list()} />
          </Show>
        </DataState>
      </div>
      <nav class="operations-paging" aria-label={texts.runs.title}>
        <Button disabled={runs.isNewest()} onClick={runs.showNewest}>
          {texts.runs.newest}
        </Button>
        <Button disabled={!runs.page()?.cursor} onClick={runs.showOlder}>
          {texts.runs.older}
        </Button>
      </nav>
    </>
  )
}

function RunsTable(props: { readonly runs: readonly RunAnswer[] }) {
  const { columns } = texts.runs
  const { readNow, status } = useCluster()
  const { zone } = useReader()
  const time = (run: RunAnswer) => formatInstant(run.started_at * 1_000, { now: readNow(), zone: zone() })
  const members = (run: RunAnswer) =>
    run.member_ids.map((id) => nameIn(run, id) || memberName(id, status()?.members ?? [])).join(', ') ||
    texts.runs.wholeCluster
  return (
    <div class="operations-scroll">
      <table class="operations-table">
        <caption class="visually-hidden">{texts.runs.title}</caption>
        <thead>
          <tr>
            <For each={Object.values(columns)}>{(head) => <th scope="col">{head}</th>}</For>
          </tr>
        </thead>
        <tbody>
          <For each={props.runs}>
            {(run) => (
              <tr>
                <td>
                  <A
                    href={operationsHref({ task: 'runs', run: run.id })}
                    aria-label={texts.runs.openRun(runTitle(run), time(run))}
                  >
                    {time(run)}
                  </A>
                </td>
                <td>{runTitle(run)}</td>
                <td>
                  <StateMark {...runMark(run)} />
                </td>
                <td>
                  <bdi translate="no">{members(run)}</bdi>
                </td>
                <td>
                  <bdi translate="no">{run.username}</bdi>
                </td>
                <td>{formatAge(run.duration_ms)}</td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  )
}

/** As it was called then. */
const nameIn = (run: RunAnswer, id: string): string =>
  run.steps.find(({ member_id }) => member_id === id)?.member_name ?? ''

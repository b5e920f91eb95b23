import { formatAge } from '@etcdmonitor/core/format/format-age'
import { formatInstant } from '@etcdmonitor/core/format/format-time'
import { formatValue } from '@etcdmonitor/core/format/format-value'
import { defragAdvice } from '@etcdmonitor/core/operations/defrag-advice'
import { A } from '@solidjs/router'
import { For, Show } from 'solid-js'
import type { RunAnswer } from '../../../api/answers.ts'
import { Failure } from '../../../components/DataState.tsx'
import { operationsHref, type Task } from '../../../url/operations-url.ts'
import { useCluster } from '../../shell/cluster-state.ts'
import { memberName } from '../../shell/health-model.ts'
import { useReader } from '../../shell/reader-context.ts'
import { createLeading } from '../../since/leading.ts'
import { runMark } from '../run/run-marks.ts'
import { runOutcome } from '../run/run-outcome.ts'
import { runTitle } from '../run/run-text.ts'
import { StateMark } from '../run/StateMark.tsx'
import { createRunsPage } from '../runs/runs-query.ts'
import { texts } from '../texts.ts'
import { reclaimable } from './member-choice.ts'
import { createRevisionQuery } from './revision-query.ts'
import '../SimpleTable.css'

type Row = Exclude<Task, 'overview' | 'audit' | 'runs'>
const ROWS: readonly Row[] = ['defragment', 'snapshot', 'alarms', 'move-leader', 'hashkv', 'compact']
const OPERATION_OF: Readonly<Record<Row, RunAnswer['operation']>> = {
  defragment: 'defragment',
  snapshot: 'snapshot',
  alarms: 'alarm_disarm',
  'move-leader': 'move_leader',
  hashkv: 'hashkv',
  compact: 'compact',
}

const whole = (value: number) => value.toLocaleString('en')

/** What runs now, when each operation was last run, and what the cluster says for it. */
export function OverviewTask() {
  const { status, readNow } = useCluster()
  const { zone } = useReader()
  const newest = createRunsPage(() => ({}), '200')
  const leading = createLeading()
  const { answer: revision } = createRevisionQuery()
  /** Also one that was interrupted and is not settled: it holds the lock. */
  const running = () => newest.page()?.runs.find(({ finished_at }) => finished_at === null)
  const last = (row: Row) =>
    newest.page()?.runs.find(({ operation, state }) => operation === OPERATION_OF[row] && state !== 'running')
  const members = () => status()?.members ?? []
  const facts: Readonly<Record<Row, () => string>> = {
    defragment: () => {
      const worth = members().flatMap((member) => {
        const size = reclaimable(member)
        const { db_size: all, db_size_in_use: used } = member
        if (size === undefined || all === null || used === null) return []
        return defragAdvice(all, used, undefined) === 'not_worth_it' ? [] : [size]
      })
      const sum = worth.reduce((total, size) => total + size, 0)
      return texts.overview.reclaimable(worth.length, formatValue('bytes', sum))
    },
    snapshot: () => '',
    alarms: () =>
      texts.overview.alarms(
        (status()?.health.reasons ?? []).filter(({ code }) => code.startsWith('alarm_')).length,
      ),
    'move-leader': () => {
      const leader = members().find(({ is_leader }) => is_leader)
      if (!leader) return texts.overview.noLeader
      const [name, run] = [memberName(leader.id, members()), leading()]
      return run
        ? texts.overview.leaderFor(name, texts.lasting(formatAge(run.length), run.bound))
        : texts.overview.leader(name)
    },
    hashkv: () => '',
    compact: () => {
      const known = revision()
      if (!known) return ''
      const { revision: head, compact_revision: compacted } = known
      return texts.overview.revision(whole(head), compacted === null ? '-' : whole(compacted))
    },
  }
  const lastText = (row: Row) => {
    const run = last(row)
    if (!run) return texts.overview.neverRun
    const time = formatInstant(run.started_at * 1_000, { now: readNow(), zone: zone() })
    return texts.overview.last(time, runOutcome(run) || texts.states[run.state])
  }
  return (
    <>
      <Show when={newest.page()}>
        <Show when={running()} fallback={<p>{texts.runs.running}</p>}>
          {(run) => (
            <p class="operations-note">
              <StateMark mark={runMark(run()).mark} text={runTitle(run())} />{' '}
              <A href={operationsHref({ task: 'runs', run: run().id })}>{texts.plan.cure.run}</A>
            </p>
          )}
        </Show>
      </Show>
      <Show when={newest.problem()}>
        {(problem) => <Failure problem={problem()} onRetry={newest.retry} />}
      </Show>
      <div class="operations-scroll">
        <table class="operations-table">
          <caption class="visually-hidden">{texts.tasks.overview}</caption>
          <tbody>
            <For each={ROWS}>
              {(row) => (
                <tr>
                  <th scope="row">{texts.tasks[row]}</th>
                  <td>
                    <Show when={newest.page()}>{lastText(row)}</Show>
                  </td>
                  <td>{status() && facts[row]()}</td>
                  <td>
                    <A href={operationsHref({ task: row })} aria-label={`${texts.open}: ${texts.tasks[row]}`}>
                      {texts.open}
                    </A>
                  </td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
    </>
  )
}

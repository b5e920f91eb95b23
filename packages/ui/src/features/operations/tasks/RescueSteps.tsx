import { formatValue } from '@etcdmonitor/core/format/format-value'
import { A } from '@solidjs/router'
import { Index, Show } from 'solid-js'
import type { RescueAnswer } from '../../../api/answers.ts'
import { Button } from '../../../components/Button.tsx'
import { DataState, Failure } from '../../../components/DataState.tsx'
import { useMessages } from '../../../i18n/messages-context.ts'
import { createProblem } from '../../../primitives/create-query.ts'
import type { Mark } from '../run/run-marks.ts'
import { StateMark } from '../run/StateMark.tsx'
import { SimpleTable } from '../SimpleTable.tsx'
import { texts } from '../texts.ts'
import { createRescueReport, RESCUE_PLACES } from './rescue-query.ts'
import '../run/RunSteps.css'

const MARKS: Readonly<Record<string, Mark>> = {
  done: { icon: 'ok', role: 'ok' },
  not_needed: { icon: 'ok', role: 'muted' },
  todo: { icon: 'forward', role: 'warn' },
  blocked: { icon: 'stale', role: 'muted' },
}

/** The way out of NOSPACE, ticked by facts of the server, not by clicks (ui.md 9.5). */
export function RescueSteps() {
  const { monitor } = useMessages()
  const query = createRescueReport()
  const problem = createProblem(query, () => 'rescue')
  const report = () => query().data
  return (
    <section class="operations-panel" aria-label={texts.alarms.stepsTitle}>
      <h2>
        {texts.alarms.stepsTitle}{' '}
        <Button kind="quiet" disabled={query().isFetching} onClick={() => void query().refetch()}>
          {monitor.refresh}
        </Button>
      </h2>
      <DataState
        isLoading={query().isPending && !problem()}
        problem={report() ? undefined : problem()}
        onRetry={() => void query().refetch()}
      >
        <Show when={report()}>
          {(known) => (
            <>
              <Show when={problem()}>
                {(why) => <Failure problem={why()} onRetry={() => void query().refetch()} />}
              </Show>
              <Show when={known().alarm_active === false}>
                <p class="operations-quiet">{texts.alarms.forecast}</p>
              </Show>
              <Show when={!known().complete}>
                <p class="operations-note" data-role="warn">
                  {texts.alarms.incomplete}
                </p>
              </Show>
              <ol class="operations-steps">
                {/* rows that stay: a link must not go away under who clicks it as a report comes in */}
                <Index each={known().steps}>
                  {(step) => (
                    <li>
                      <StateMark
                        mark={MARKS[step().state] ?? { icon: 'unknown', role: 'muted' }}
                        text={texts.alarms.stepStates[step().state] ?? step().state}
                      />
                      <span class="operations-step-what">
                        {texts.alarms.actions[step().action] ?? step().action}
                      </span>
                      <span>
                        <Show when={step().state === 'todo' && RESCUE_PLACES[step().action]}>
                          {(href) => <A href={href()}>{texts.open}</A>}
                        </Show>
                      </span>
                      <Show when={step().message}>
                        {(message) => (
                          <p>
                            <bdi>{message()}</bdi>
                          </p>
                        )}
                      </Show>
                    </li>
                  )}
                </Index>
              </ol>
              <RescueFacts report={known()} />
            </>
          )}
        </Show>
      </DataState>
    </section>
  )
}

function RescueFacts(props: { readonly report: RescueAnswer }) {
  const columns = texts.alarms.memberColumns
  return (
    <>
      <SimpleTable
        label={columns.member}
        heads={Object.values(columns)}
        rows={props.report.members.map((member) => [
          member.member_name || member.member_id,
          formatValue('bytes', member.db_size),
          formatValue('bytes', member.db_size_in_use),
          formatValue('bytes', member.quota),
          member.used_percent === null ? '-' : `${Math.round(member.used_percent)} %`,
        ])}
      />
      <p class="operations-quiet">
        <Show when={props.report.growth_bytes_per_hour !== null}>
          {texts.alarms.growth(formatValue('bytes', props.report.growth_bytes_per_hour))}{' '}
        </Show>
        <Show when={props.report.puts_per_second !== null}>
          {texts.alarms.puts((props.report.puts_per_second ?? 0).toFixed(1))}
        </Show>
      </p>
      <Show when={props.report.prefixes.length > 0}>
        <SimpleTable
          label={texts.alarms.prefixes}
          heads={[texts.alarms.prefixes, texts.alarms.keyCount]}
          rows={props.report.prefixes.map((one) => [
            <A href={keysBelow(one)}>{one.prefix}</A>,
            texts.alarms.keys(one.keys, one.percent),
          ])}
        />
        <Show when={!props.report.prefixes_complete}>
          <p class="operations-quiet">{texts.alarms.morePrefixes}</p>
        </Show>
      </Show>
    </>
  )
}

/** `prefix` is for people where its bytes are told beside it. */
const keysBelow = ({ prefix, prefix_b64: bytes }: RescueAnswer['prefixes'][number]): string =>
  bytes === undefined
    ? `/keys?${new URLSearchParams({ at: prefix })}`
    : `/keys?${new URLSearchParams({ at_b64: bytes.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '') })}`

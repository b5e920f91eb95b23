import { formatAge } from '@etcdmonitor/core/format/format-age'
import { formatId } from '@etcdmonitor/core/format/format-id'
import { formatInstant } from '@etcdmonitor/core/format/format-time'
import { Show } from 'solid-js'
import { type RunAnswer, SHAPES } from '../../../api/answers.ts'
import { useClient } from '../../../api/client-context.ts'
import { Button } from '../../../components/Button.tsx'
import { copyText } from '../../../components/copy-text.ts'
import { DataState, Failure } from '../../../components/DataState.tsx'
import { Page } from '../../../components/Page.tsx'
import { useToasts } from '../../../components/toasts.ts'
import { createChange } from '../../../primitives/create-change.ts'
import { useCluster } from '../../shell/cluster-state.ts'
import { useReader } from '../../shell/reader-context.ts'
import { RunCharts } from '../figures/RunCharts.tsx'
import { texts } from '../texts.ts'
import { RunResult } from './RunResult.tsx'
import { RunSteps } from './RunSteps.tsx'
import { textIn } from './read-result.ts'
import { runMark } from './run-marks.ts'
import { createRunQuery } from './run-query.ts'
import { isRolling, printRun, runTitle } from './run-text.ts'
import { StateMark } from './StateMark.tsx'

/** One operation, while it runs and afterwards, whoever began it and whichever process carries it out. */
export function RunPage(props: { readonly id: string }) {
  const state = createRunQuery(props.id)
  const title = () => {
    const run = state.run()
    return texts.run.title(run ? runTitle(run) : props.id)
  }
  return (
    <>
      <Page title={title()} />
      <DataState
        isLoading={state.isLoading() && !state.problem()}
        problem={state.run() ? undefined : state.problem()}
        onRetry={state.retry}
      >
        <Show when={state.run()}>
          {(run) => (
            <>
              <Show when={state.problem()}>
                <p class="operations-note" role="status">
                  {texts.run.notConnected}
                </p>
              </Show>
              <RunView run={run()} answeredAt={state.answeredAt()} onChanged={state.retry} />
            </>
          )}
        </Show>
      </DataState>
    </>
  )
}

function RunView(props: {
  readonly run: RunAnswer
  readonly answeredAt: number
  readonly onChanged: () => void
}) {
  const { now, readNow } = useCluster()
  const { zone } = useReader()
  const client = useClient()
  const toasts = useToasts()
  const cancel = createChange<RunAnswer>()
  const isRunning = () => props.run.state === 'running'
  const started = () =>
    texts.run.started(
      formatInstant(props.run.started_at * 1_000, { now: readNow(), zone: zone() }),
      props.run.username,
    )
  const progress = () => {
    const known = props.run.progress
    return known?.unit === 'members' && known.total !== null ? texts.run.members(known.done, known.total) : ''
  }
  const length = () => (isRunning() ? now() - props.run.started_at * 1_000 : props.run.duration_ms)
  const goesByMember = () => isRolling(props.run) || props.run.operation === 'hashkv'
  /** What is under way on a member is finished; a snapshot is broken off. */
  const stopping = () => {
    if (!goesByMember()) return texts.run.stopping
    const member = props.run.steps.findLast(({ state, member_id }) => state === 'running' && member_id !== '')
    return member
      ? texts.run.stoppingAfter(member.member_name || formatId(member.member_id))
      : texts.run.stopping
  }
  const stop = async () => {
    await cancel.run(() => client.post(`ops/runs/${props.run.id}/cancel`, undefined, { shape: SHAPES.run }))
    props.onChanged()
  }
  const copy = async () =>
    toasts.show((await copyText(printRun(props.run, zone()))) ? texts.run.copied : texts.run.notCopied)
  return (
    <>
      <header class="operations-run-head">
        <span aria-live="polite">
          <StateMark {...runMark(props.run)} />
        </span>
        <span class="operations-step-time">{formatAge(Math.max(0, length()))}</span>
        <span>{[started(), progress()].filter(Boolean).join(' · ')}</span>
        <span class="operations-run-buttons">
          <Show when={props.run.cancellable}>
            <Button disabled={props.run.cancel_requested || cancel.isBusy()} onClick={() => void stop()}>
              {props.run.cancel_requested
                ? stopping()
                : goesByMember()
                  ? texts.run.stopAfterMember
                  : texts.run.breakOff}
            </Button>
          </Show>
          <Button kind="quiet" onClick={() => void copy()}>
            {texts.run.copyAsText}
          </Button>
        </span>
      </header>
      <Show when={cancel.problem()}>{(problem) => <Failure problem={problem()} />}</Show>
      <Show when={props.run.state === 'unknown' || props.run.state === 'interrupted'}>
        <p class="operations-note" data-role="warn">
          {props.run.state === 'unknown' ? texts.run.unknown : texts.run.interrupted}
        </p>
      </Show>
      <Show when={props.run.error}>
        {(error) => (
          <p class="operations-note" data-role="crit">
            <bdi>{error().error}</bdi> <code>{error().code}</code>
          </p>
        )}
      </Show>
      <Show when={props.run.state === 'cancelled' && textIn(props.run.result ?? {}, 'message')}>
        {(left) => (
          <p class="operations-note">
            <bdi>{left()}</bdi>
          </p>
        )}
      </Show>
      <RunResult run={props.run} />
      <RunSteps run={props.run} now={now()} />
      <RunCharts run={props.run} />
    </>
  )
}

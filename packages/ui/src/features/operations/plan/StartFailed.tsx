import { formatInstant } from '@etcdmonitor/core/format/format-time'
import { A } from '@solidjs/router'
import { Match, Switch } from 'solid-js'
import { isRecord, type Problem } from '../../../api/problem.ts'
import { Failure } from '../../../components/DataState.tsx'
import { operationsHref } from '../../../url/operations-url.ts'
import { useCluster } from '../../shell/cluster-state.ts'
import { useReader } from '../../shell/reader-context.ts'
import { numberIn, textIn } from '../run/read-result.ts'
import { texts } from '../texts.ts'
import { Checks } from './Checks.tsx'

/** Why an operation was not begun, with the way on where there is one. */
export function StartFailed(props: { readonly problem: Problem }) {
  const { readNow } = useCluster()
  const { zone } = useReader()
  const more = () => props.problem.fields.more
  const blockers = () => {
    const found = more().blockers
    return (Array.isArray(found) ? found.filter(isRecord) : []).map((blocker) => ({
      code: textIn(blocker, 'code') as never, // shown as it is where it is not known
      message: textIn(blocker, 'message'),
      member_id: textIn(blocker, 'member_id') || undefined,
    }))
  }
  const inProgress = () => {
    const operation = textIn(more(), 'operation')
    const at = (numberIn(more(), 'started_at') ?? 0) * 1_000
    return texts.plan.inProgress(
      texts.operations[operation as keyof typeof texts.operations] ?? operation,
      textIn(more(), 'username'),
      formatInstant(at, { now: readNow(), zone: zone() }),
    )
  }
  return (
    <div role="alert">
      <Switch fallback={<Failure problem={props.problem} />}>
        <Match when={props.problem.code === 'operation_in_progress' && textIn(more(), 'run_id')}>
          {(run) => (
            <p class="operations-note" data-role="warn">
              {inProgress()} <A href={operationsHref({ task: 'runs', run: run() })}>{texts.plan.cure.run}</A>
            </p>
          )}
        </Match>
        <Match when={props.problem.code === 'health_gate_failed' && blockers().length > 0}>
          <Checks kind="blocker" title={texts.plan.blockers} checks={blockers()} />
        </Match>
        <Match when={props.problem.code === 'plan_changed'}>
          <p class="operations-note" data-role="warn">
            {texts.plan.changed}
          </p>
        </Match>
      </Switch>
    </div>
  )
}

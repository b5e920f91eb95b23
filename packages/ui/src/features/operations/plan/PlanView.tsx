import { For, type JSX, Show } from 'solid-js'
import type { PlanStepAnswer } from '../../../api/answers.ts'
import { Failure } from '../../../components/DataState.tsx'
import { texts } from '../texts.ts'
import { Checks } from './Checks.tsx'
import type { PlanState } from './create-plan.ts'
import './PlanView.css'

/** What would happen, from the server: it is asked, not guessed. */
export function PlanView(props: { readonly state: PlanState; readonly children?: JSX.Element }) {
  return (
    <div class="operations-plan" aria-busy={props.state.isLoading()}>
      <Show when={props.state.problem()}>
        {(problem) => <Failure problem={problem()} onRetry={props.state.retry} />}
      </Show>
      <Show when={props.state.isLoading() && !props.state.problem()}>
        <p class="operations-quiet">{texts.plan.loading}</p>
      </Show>
      <Show when={props.state.plan()}>
        {(plan) => (
          <>
            <Checks kind="blocker" title={texts.plan.blockers} checks={plan().blockers} />
            <Checks kind="warning" title={texts.plan.warnings} checks={plan().warnings} />
            <PlanSteps steps={plan().steps} />
          </>
        )}
      </Show>
      {props.children}
    </div>
  )
}

function PlanSteps(props: { readonly steps: readonly PlanStepAnswer[] }) {
  return (
    <Show when={props.steps.length > 0}>
      <section aria-label={texts.plan.steps}>
        <h3>{texts.plan.steps}</h3>
        <ol class="operations-plan-steps">
          <For each={props.steps}>
            {(step) => (
              <li data-skipped={step.skipped ? '' : undefined}>
                <Show when={step.member_name || step.member_id}>
                  {(who) => (
                    <strong>
                      <bdi translate="no">{who()}</bdi>{' '}
                    </strong>
                  )}
                </Show>
                <Show when={step.role}>{(role) => <span class="operations-quiet">{role()} </span>}</Show>
                {step.skipped ? texts.plan.skipped : texts.steps[step.action]}
                <Show when={step.note}>
                  {(note) => (
                    <p>
                      <bdi>{note()}</bdi>
                    </p>
                  )}
                </Show>
              </li>
            )}
          </For>
        </ol>
      </section>
    </Show>
  )
}

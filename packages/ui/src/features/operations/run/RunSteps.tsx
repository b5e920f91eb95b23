import { formatAge } from '@etcdmonitor/core/format/format-age'
import { Index, Show } from 'solid-js'
import type { RunAnswer } from '../../../api/answers.ts'
import { texts } from '../texts.ts'
import { STEP_MARKS } from './run-marks.ts'
import { StateMark } from './StateMark.tsx'
import './RunSteps.css'

/** In their order; `now` is Unix ms by the server's clock. */
export function RunSteps(props: { readonly run: RunAnswer; readonly now: number }) {
  const lengthOf = (at: number) => {
    const step = props.run.steps[at]
    if (!step || step.started_at === null) return ''
    if (step.duration_ms !== null) return formatAge(step.duration_ms)
    return step.state === 'running' ? `${formatAge(Math.max(0, props.now - step.started_at * 1_000))} …` : ''
  }
  return (
    <ol class="operations-steps" aria-label={texts.run.stepsTitle}>
      <Index each={props.run.steps}>
        {(step, at) => (
          <li>
            <StateMark
              mark={STEP_MARKS[step().state]}
              text={texts.stepStates[step().state] ?? step().state}
            />
            <span class="operations-step-what">
              <Show when={step().member_name || step().member_id}>
                {(who) => (
                  <strong>
                    <bdi translate="no">{who()}</bdi>{' '}
                  </strong>
                )}
              </Show>
              {texts.steps[step().name] ?? step().name}
            </span>
            <span class="operations-step-time">{lengthOf(at)}</span>
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
  )
}

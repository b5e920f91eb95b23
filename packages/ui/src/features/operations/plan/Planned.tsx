import { createEffect, createSignal, Show } from 'solid-js'
import type { PlanAnswer } from '../../../api/answers.ts'
import { Button } from '../../../components/Button.tsx'
import { texts } from '../texts.ts'
import { Confirm } from './Confirm.tsx'
import { createPlan } from './create-plan.ts'
import { createStart } from './create-start.ts'
import { PlanView } from './PlanView.tsx'
import { StartFailed } from './StartFailed.tsx'

/** What a confirmation says of a plan. */
export interface Confirmation {
  readonly title: string
  readonly button: string
  readonly targets: readonly string[]
  readonly effects: readonly string[]
  readonly understand?: string | undefined
}

export interface PlannedProps {
  /** Below `/api/`. */
  readonly path: string
  /** What is asked for; undefined while what is typed makes no request. */
  readonly body: object | undefined
  /** Nothing would be done. */
  readonly isIdle?: (plan: PlanAnswer) => boolean
  readonly confirmation: (plan: PlanAnswer) => Confirmation
}

/** Plan, confirm, begin: the pattern of every operation that has a plan (ui.md 9.2). */
export function Planned(props: PlannedProps) {
  const state = createPlan(props.path, () => props.body)
  const start = createStart(props.path)
  const [asked, setAsked] = createSignal<PlanAnswer>()
  const isBlocked = () => state.plan()?.allowed === false
  const isReady = () => {
    const plan = state.plan()
    return plan !== undefined && !isBlocked() && !props.isIdle?.(plan)
  }
  createEffect(() => {
    if (start.problem()?.code !== 'plan_changed') return
    setAsked(undefined) // what was agreed to is not what would be done
    state.retry()
  })
  const begin = async () => {
    await start.start({ ...props.body, plan_token: asked()?.plan_token })
    if (start.problem()) setAsked(undefined)
  }
  return (
    <>
      <PlanView state={state} />
      <Show when={start.problem()}>{(problem) => <StartFailed problem={problem()} />}</Show>
      <Show when={state.plan()}>
        {(plan) => (
          <div class="operations-act">
            <Button
              kind="primary"
              aria-disabled={!isReady()}
              title={isBlocked() ? texts.plan.blocked : undefined}
              onClick={() => {
                if (isReady()) setAsked(plan())
              }}
            >
              {props.confirmation(plan()).button}
            </Button>
            <Show when={!isReady()}>
              <span class="operations-quiet">{isBlocked() ? texts.plan.blocked : texts.plan.nothing}</span>
            </Show>
          </div>
        )}
      </Show>
      <Show when={asked()}>
        {(plan) => (
          <Confirm
            {...props.confirmation(plan())}
            isBusy={start.isBusy()}
            onConfirm={() => void begin()}
            onClose={() => setAsked(undefined)}
          />
        )}
      </Show>
    </>
  )
}

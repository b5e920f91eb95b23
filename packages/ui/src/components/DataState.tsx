import { type JSX, Match, Show, Switch } from 'solid-js'
import { describeProblem } from '../api/describe-problem.ts'
import type { Problem } from '../api/problem.ts'
import { useMessages } from '../i18n/messages-context.ts'
import { Button } from './Button.tsx'
import { CopyText } from './CopyText.tsx'
import { Delayed } from './Delayed.tsx'
import { Icon } from './Icon.tsx'
import './DataState.css'

export interface DataStateProps {
  /** Nothing was answered yet. */
  readonly isLoading: boolean
  /** Why there is nothing to show. */
  readonly problem?: Problem | undefined
  readonly onRetry?: (() => void) | undefined
  /** Why there is nothing, and what to do; undefined or false when there is something. */
  readonly empty?: JSX.Element
  /** Stands behind what is said, so that the place keeps its shape. */
  readonly children: JSX.Element
}

/** A region that shows data is loading, failed, empty or shown: said in one way everywhere. */
export function DataState(props: DataStateProps) {
  const { dataState } = useMessages()
  return (
    <div class="data-state" aria-busy={props.isLoading}>
      {props.children}
      <Switch>
        <Match when={props.problem}>
          {(problem) => <Failure problem={problem()} onRetry={props.onRetry} />}
        </Match>
        <Match when={props.isLoading}>
          <Delayed after={300}>
            <p class="data-state-note">
              {dataState.loading} <Delayed after={9_700}>{dataState.stillWaiting}</Delayed>
            </p>
          </Delayed>
        </Match>
        <Match when={props.empty}>{(empty) => <div class="data-state-note">{empty()}</div>}</Match>
      </Switch>
    </div>
  )
}

export function Failure(props: { readonly problem: Problem; readonly onRetry?: (() => void) | undefined }) {
  const messages = useMessages()
  const text = () => describeProblem(props.problem, messages)
  return (
    <div class="data-state-note" role="status">
      <p class="data-state-title">
        <Icon name="warn" />
        {text().title}.
      </p>
      <Show when={text().advice}>
        <p>{text().advice}</p>
      </Show>
      <Show when={text().detail && text().detail !== text().title}>
        <p class="data-state-detail">{text().detail}</p>
      </Show>
      <CopyText text={text().reference} />
      <Show when={text().canRetry && props.onRetry}>
        <Button onClick={() => props.onRetry?.()}>{messages.dataState.tryAgain}</Button>
      </Show>
    </div>
  )
}

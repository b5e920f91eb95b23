import { Show } from 'solid-js'
import { describeProblem } from '../../api/describe-problem.ts'
import type { Problem } from '../../api/problem.ts'
import { Button } from '../../components/Button.tsx'
import { CopyText } from '../../components/CopyText.tsx'
import { Icon } from '../../components/Icon.tsx'
import { useMessages } from '../../i18n/messages-context.ts'

/** Why it was not done, or that nobody knows. What was typed stays. */
export function SaveFailed(props: { readonly problem: Problem; readonly onCheck?: () => void }) {
  const messages = useMessages()
  const text = () => describeProblem(props.problem, messages)
  return (
    <div class="key-failed" role="alert">
      <p>
        <Icon name="warn" />
        {[`${text().title}.`, text().advice, text().detail].filter(Boolean).join(' ')}
      </p>
      <CopyText text={text().reference} />
      <Show when={props.onCheck && ['outcome_unknown', 'network'].includes(props.problem.code)}>
        <Button onClick={() => props.onCheck?.()}>{messages.keys.check}</Button>
      </Show>
    </div>
  )
}

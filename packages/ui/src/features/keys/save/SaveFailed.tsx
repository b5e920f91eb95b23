import { formatValue } from '@etcdmonitor/core/format/format-value'
import { Show } from 'solid-js'
import { describeProblem } from '../../../api/describe-problem.ts'
import type { Problem } from '../../../api/problem.ts'
import { CopyText } from '../../../components/CopyText.tsx'
import { Icon } from '../../../components/Icon.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'

/** Why it was not done. What was typed stays. */
export function SaveFailed(props: { readonly problem: Problem }) {
  const messages = useKeysMessages()
  const text = () => describeProblem(props.problem, messages)
  const limit = () => {
    const { code, fields } = props.problem
    if (code !== 'payload_too_large') return ''
    return messages.value.tooLargeFor(fields.limit, fields.maxBytes && formatValue('bytes', fields.maxBytes))
  }
  return (
    <div class="key-failed" role="alert">
      <p>
        <Icon name="warn" />
        <span>
          {[`${text().title}.`, limit() || [text().advice, text().detail]].flat().filter(Boolean).join(' ')}
        </span>
      </p>
      <Show when={text().reference}>{(reference) => <CopyText text={reference()} />}</Show>
    </div>
  )
}

import { createEffect, createMemo, on, Show } from 'solid-js'
import type { KeyAnswer } from '../../api/answers.ts'
import { useMessages } from '../../i18n/messages-context.ts'
import { createNow } from '../../primitives/create-now.ts'

export interface KeyFactsProps {
  readonly answer: KeyAnswer
  readonly size: number
  /** Its time to live is over: it is worth another look. */
  readonly onExpire: () => void
}

/** Revisions, size and lease of a key. */
export function KeyFacts(props: KeyFactsProps) {
  const { keys } = useMessages()
  const now = createNow(1_000)
  const node = () => props.answer.node
  // seconds are counted from when they came: a wrong clock of the browser does no harm
  const end = createMemo(
    on(
      () => props.answer,
      ({ node: { ttl } }) => (ttl === undefined ? undefined : Date.now() + ttl * 1_000),
    ),
  )
  const left = createMemo(() => {
    const at = end()
    return at === undefined ? undefined : Math.max(0, Math.ceil((at - now()) / 1_000))
  })
  createEffect(
    on(left, (seconds, before) => {
      if (seconds === 0 && before !== undefined && before > 0) props.onExpire()
    }),
  )
  const number = (value: number | undefined) => (value ?? 0).toLocaleString('en')
  return (
    <p class="key-facts">
      {keys.facts(
        number(node().createdIndex),
        number(node().modifiedIndex),
        number(node().version),
        number(props.size),
      )}
      <Show when={node().lease_id}>
        {(lease) => <span>{keys.leaseFacts(BigInt(lease()).toString(16), left())}</span>}
      </Show>
    </p>
  )
}

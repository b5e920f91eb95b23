import { formatAge, formatCountdown } from '@etcdmonitor/core/format/format-age'
import { formatId } from '@etcdmonitor/core/format/format-id'
import { formatExact, formatValue } from '@etcdmonitor/core/format/format-value'
import { createEffect, createMemo, on, onCleanup, Show } from 'solid-js'
import type { KeyAnswer } from '../../../api/answers.ts'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { createNow } from '../../../primitives/create-now.ts'

export interface KeyFactsProps {
  readonly answer: KeyAnswer
  readonly size: number
  /** It was there, and is not any more: nor is what it lived by. */
  readonly isGone: boolean
  /** Its time to live is over: it is worth another look. */
  readonly onExpire: () => void
}

/** How long etcd is given to remove what is over, ms: a second is usual, without a leader it may last. Doubled with each look. */
const LOOK_AFTER = 1_000
const LOOK_AT_MOST = 30_000
/** A countdown of more hours is no number that anybody reads. */
const DAY = 86_400

/** Revisions, size and lease of a key. */
export function KeyFacts(props: KeyFactsProps) {
  const { keys, value } = useKeysMessages()
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
    const { ttl } = props.answer.node
    if (at === undefined || ttl === undefined) return undefined
    // the clock is told once a second: just after an answer it would count one more
    return Math.min(ttl, Math.max(0, Math.ceil((at - now()) / 1_000)))
  })
  createEffect(
    on(left, (seconds, before) => {
      if (seconds === 0 && before !== undefined && before > 0) props.onExpire()
    }),
  )
  let looks = 0
  createEffect(
    on(
      () => props.answer,
      ({ node: { ttl } }) => {
        if (ttl !== 0) {
          looks = 0
          return
        }
        const timer = setTimeout(() => props.onExpire(), Math.min(LOOK_AFTER * 2 ** looks, LOOK_AT_MOST))
        looks += 1
        onCleanup(() => clearTimeout(timer))
      },
    ),
  )
  const leaseLeft = () => {
    const seconds = left()
    if (seconds === undefined) return undefined
    if (props.answer.node.ttl === 0) return ''
    return (seconds < DAY ? formatCountdown : formatAge)(seconds * 1_000)
  }
  const number = (value: number | undefined) => formatExact('count', value)
  return (
    <p class="key-facts">
      <span>
        {keys.facts(number(node().createdIndex), number(node().modifiedIndex), number(node().version))}
      </span>
      <span title={value.exactSize(props.size)}>{formatValue('bytes', props.size)}</span>
      <Show when={!props.isGone && node().lease_id}>
        {(lease) => (
          <span>
            {keys.leaseFacts}{' '}
            <span translate="no" title={value.decimal(lease())}>
              {formatId(lease())}
            </span>{' '}
            · {value.leaseLeft(leaseLeft())}
          </span>
        )}
      </Show>
    </p>
  )
}

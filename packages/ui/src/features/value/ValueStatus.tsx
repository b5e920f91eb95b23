import { formatValue } from '@etcdmonitor/core/format/format-value'
import { toText } from '@etcdmonitor/core/keys/show-key'
import { createMemo, Show } from 'solid-js'
import { Icon } from '../../components/Icon.tsx'
import { useKeysMessages } from '../../i18n/keys-messages-context.ts'
import { createSettled } from './create-settled.ts'
import { formatJson } from './format-json.ts'
import type { ValueContent } from './value-content.ts'
import { lineEndsOf } from './value-text.ts'
import type { ValueType } from './value-type.ts'
import './ValueStatus.css'

export interface ValueStatusProps {
  readonly stored: Uint8Array
  readonly content: ValueContent | undefined
  readonly type: ValueType
  readonly maxBytes: number | undefined
  readonly cursor: string
}

/** Larger texts are looked through when they are saved or formatted, not while they are typed in. */
const MAX_CHECKED = 262_144

/** From so many characters on it is told once nobody has typed for a while, ms: reading it through takes as long as some keys. */
const LARGE = 65_536
const PAUSE = 500

/** Below a value: what it is. */
export function ValueStatus(props: ValueStatusProps) {
  const { value } = useKeysMessages()
  const content = createSettled(
    () => props.content,
    (typed) => (typed && typed.length >= LARGE ? PAUSE : 0),
  )
  const bytes = createMemo(() => content()?.bytes() ?? props.stored)
  const text = createMemo(() => toText(bytes()))
  const ends = createMemo(() => lineEndsOf(text() ?? ''))
  const fault = createMemo(() => {
    const now = text()
    if (props.type !== 'json' || now === undefined || now === '' || now.length > MAX_CHECKED) return undefined
    const done = formatJson(now)
    return 'fault' in done ? done.fault : undefined
  })
  const isTooLarge = () => props.maxBytes !== undefined && bytes().length > props.maxBytes
  return (
    <div class="value-status">
      <span>{text() === undefined ? value.binaryShort : 'UTF-8'}</span>
      <Show when={text() !== undefined}>
        <span>{value.lineEnds[ends()]}</span>
      </Show>
      <span title={value.exactSize(bytes().length)} data-fault={isTooLarge() ? '' : undefined}>
        {value.size(formatValue('bytes', bytes().length), formatValue('bytes', props.maxBytes))}
      </span>
      <Show when={fault()}>
        {(found) => (
          <span class="value-fault">
            <Icon name="warn" />
            {value.notJson(found())}
          </span>
        )}
      </Show>
      <span class="value-cursor">{props.cursor}</span>
    </div>
  )
}

import { Show } from 'solid-js'
import { Select } from '../../../components/Select.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { type Draft, type LeaseWish, ttlOf } from '../drafts/drafts.ts'

export interface LeaseFieldsProps {
  readonly isLeased: boolean
  readonly lease: LeaseWish
  readonly seconds: string
  readonly onChange: (changes: Partial<Pick<Draft, 'lease' | 'seconds'>>) => void
}

/** How long the key shall live. */
export function LeaseFields(props: LeaseFieldsProps) {
  const { keys } = useKeysMessages()
  const options = () => [
    { value: 'keep' as const, text: props.isLeased ? keys.keepLease : keys.noLease },
    ...(props.isLeased ? [{ value: 'none' as const, text: keys.removeLease }] : []),
    { value: 'new' as const, text: keys.newLease },
  ]
  return (
    <span class="key-lease">
      <Select
        label={keys.lease}
        options={options()}
        value={props.lease}
        onChange={(lease) => props.onChange({ lease })}
      />
      <Show when={props.lease === 'new'}>
        <input
          class="key-seconds"
          aria-label={keys.seconds}
          placeholder={keys.seconds}
          inputmode="numeric"
          value={props.seconds}
          aria-invalid={props.seconds !== '' && Number.isNaN(ttlOf(props))}
          onInput={(event) => props.onChange({ seconds: event.currentTarget.value })}
        />
      </Show>
    </span>
  )
}
